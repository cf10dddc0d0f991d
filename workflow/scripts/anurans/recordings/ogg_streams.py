"""Streams of an Ogg file (RFC 3533): they are chained, and begin with pages that are marked so."""

from anurans.recordings.stream_layout import FileBytes, Layout, Stream, what_follows


def ogg_streams(data: FileBytes) -> Layout:
    """Find the streams of an Ogg file."""
    starts, at, is_beginning, ended, notes = [0], 0, True, False, []
    while at < data.size:
        head = data.at(at, 27)
        if head[:4] != b"OggS":
            if data.tag(at) or data.is_padding(at, data.size) or not ended:
                break  # a stream that has not ended is told as one that is cut short
            return Layout(fault=what_follows(data.size - at))
        segments = data.at(at + 27, head[26]) if len(head) == 27 else b""
        if len(head) < 27 or len(segments) < head[26]:
            break
        begins = bool(head[5] & 2)
        if begins and not is_beginning:
            if not ended:
                notes.append("holds a stream that was cut short before another was joined to it")
            starts.append(at)
        is_beginning, ended = begins, bool(head[5] & 4)
        at += 27 + head[26] + sum(segments)
    if len(starts) <= 1:
        return Layout()
    ends = [*starts[1:], min(at, data.size)]
    streams = tuple(Stream(start, end) for start, end in zip(starts, ends, strict=True))
    return Layout(streams, notes=(*dict.fromkeys(notes), f"holds {len(streams)} joined streams"))
