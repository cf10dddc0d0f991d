// As the workflow writes its tables: what a spreadsheet would compute becomes text.
const guard = cell => /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(cell) ? cell
  : cell.replace(/(^|[;\t\r\n])(?='*[=+\-@\t\r])/g, "$1'");
const quote = cell => /[",\n]/.test(cell) ? '"' + cell.replaceAll('"', '""') + '"' : cell;
const line = row => row.map(guard).map(quote).join(',') + '\n';
const csv = (columns, rows) => [columns, ...rows].map(line).join('');
const download = (name, text) => {
  const link = document.createElement('a');
  link.download = name;
  link.href = URL.createObjectURL(new Blob([text]));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
};
