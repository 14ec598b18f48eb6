/** One frame of a capture file. */
export type Frame = { readonly atMs: number; readonly linkType: number; readonly length: number; readonly bytes: DataView };

const PCAP = { micro: 0xa1b2c3d4, nano: 0xa1b23c4d } as const;
const PCAPNG = { section: 0x0a0d0d0a, order: 0x1a2b3c4d, interface: 1, packet: 6, simple: 3 } as const;

/** No frame is longer than what tcpdump itself would store. */
const MAX_FRAME = 262_144;

/** Whether bytes begin as a pcap or pcapng file does. */
export const isCaptureFile = (bytes: Uint8Array): boolean => {
  if (bytes.length < 24) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return [false, true].some((little) => [PCAP.micro, PCAP.nano, PCAPNG.section].includes(view.getUint32(0, little) as never));
};

/** The frames of a pcap or pcapng file, as far as they are whole: a cut-off file ends where it is cut. */
export function* framesOf(bytes: Uint8Array): Generator<Frame> {
  if (!isCaptureFile(bytes)) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0) === PCAPNG.section) yield* pcapng(view);
  else yield* pcap(view);
}

function* pcap(view: DataView): Generator<Frame> {
  const little = [PCAP.micro, PCAP.nano].includes(view.getUint32(0, true) as never);
  const perMs = view.getUint32(0, little) === PCAP.nano ? 1e6 : 1e3;
  const linkType = view.getUint32(20, little) & 0xffff;
  for (let at = 24; at + 16 <= view.byteLength; ) {
    const kept = view.getUint32(at + 8, little);
    if (kept > MAX_FRAME || at + 16 + kept > view.byteLength) return;
    const atMs = view.getUint32(at, little) * 1000 + view.getUint32(at + 4, little) / perMs;
    yield { atMs, linkType, length: view.getUint32(at + 12, little), bytes: slice(view, at + 16, kept) };
    at += 16 + kept;
  }
}

const slice = (view: DataView, at: number, length: number): DataView => new DataView(view.buffer, view.byteOffset + at, length);

/** Units per second that an interface's options give (if_tsresol); microseconds without it. */
function resolutionOf(block: DataView, little: boolean): number {
  for (let at = 16; at + 4 <= block.byteLength - 4; ) {
    const [code, length] = [block.getUint16(at, little), block.getUint16(at + 2, little)];
    if (code === 0) break;
    if (code === 9 && length === 1) {
      const value = block.getUint8(at + 4);
      return (value & 0x80) === 0 ? 10 ** value : 2 ** (value & 0x7f);
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return 1e6;
}

function* pcapng(view: DataView): Generator<Frame> {
  let little = false;
  let interfaces: { linkType: number; perSecond: number }[] = [];
  for (let at = 0; at + 12 <= view.byteLength; ) {
    if (view.getUint32(at) === PCAPNG.section) {
      little = view.getUint32(at + 8, true) === PCAPNG.order;
      interfaces = [];
    }
    const [type, length] = [view.getUint32(at, little), view.getUint32(at + 4, little)];
    if (length < 12 || length % 4 !== 0 || at + length > view.byteLength) return;
    const block = slice(view, at, length);
    if (type === PCAPNG.interface && length >= 20) {
      interfaces.push({ linkType: block.getUint16(8, little), perSecond: resolutionOf(block, little) });
    } else if (type === PCAPNG.packet && length >= 32) {
      const on = interfaces[block.getUint32(8, little)];
      const kept = block.getUint32(20, little);
      const units = block.getUint32(12, little) * 2 ** 32 + block.getUint32(16, little);
      if (on !== undefined && kept <= length - 32) {
        yield {
          atMs: (units / on.perSecond) * 1000,
          linkType: on.linkType,
          length: block.getUint32(24, little),
          bytes: slice(block, 28, kept),
        };
      }
    }
    at += length;
  }
}
