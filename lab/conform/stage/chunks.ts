import type { Chunk, Packet } from '../draw/packet.ts';

/** Numbers of SCTP's chunks (RFC 9260, sec. 3.2). */
export const CHUNKS: Readonly<Record<Chunk, number>> = {
  DATA: 0,
  INIT: 1,
  INIT_ACK: 2,
  SACK: 3,
  HEARTBEAT: 4,
  HEARTBEAT_ACK: 5,
  ABORT: 6,
  SHUTDOWN: 7,
  SHUTDOWN_ACK: 8,
  ERROR: 9,
  COOKIE_ECHO: 10,
  COOKIE_ACK: 11,
  SHUTDOWN_COMPLETE: 14,
};

/** DATA is one whole message: B and E. */
const WHOLE = 3;
/** T: the sender has no association. */
const REFLECTED = 1;

/** A chunk with its flags and, where it has one, its sender's tag or its cause, as the model is told it. */
export type ToldChunk = { readonly type: Chunk; readonly flags: number; readonly initiateTag?: number; readonly cause?: number };

/** The chunks of a packet: an INIT unless others are named. */
export const chunksOf = ({ chunks = ['INIT'], tags }: Packet, id: number): readonly ToldChunk[] =>
  chunks.map((text) => {
    const type = typeOf(text);
    const flags = type === 'DATA' ? WHOLE : text.endsWith(':T') ? REFLECTED : 0;
    return type === 'INIT' || type === 'INIT_ACK' ? { type, flags, initiateTag: tags?.asked ?? id } : { type, flags, ...causeOf(type) };
  });

const causeOf = (type: Chunk): Pick<ToldChunk, 'cause'> => (type === 'ERROR' ? { cause: PARAMETERS.user } : {});

const isChunk = (text: string): text is Chunk => Object.hasOwn(CHUNKS, text);

function typeOf(text: string): Chunk {
  const [name = ''] = text.split(':');
  if (!isChunk(name)) throw new Error(`SCTP has no chunk ${JSON.stringify(text)}`);
  return name;
}

/** SCTP's header behind the ports, without its sum, and the chunks of a packet of that number; each of them carries the content. */
export function sctpBytes(packet: Packet, id: number, content: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(packet.tags?.carried ?? 0, 0);
  return Buffer.concat([header, ...chunksOf(packet, id).map((chunk) => chunkBytes(chunk, content))]);
}

function chunkBytes(chunk: ToldChunk, content: Buffer): Buffer {
  const value = Buffer.concat([fieldsOf(chunk, content.length), content]);
  const header = Buffer.from([CHUNKS[chunk.type], chunk.flags, 0, 0]);
  header.writeUInt16BE(4 + value.length, 2);
  return Buffer.concat([header, value]);
}

/** An unknown parameter that is passed over and reported, a heartbeat's, a cause of who is on top. */
const PARAMETERS = { unknown: 0xc000, heartbeat: 1, user: 12 } as const;

function parameter(type: number, length: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(4 + length, 2);
  return header;
}

/** What stands before the content in a chunk. */
function fieldsOf({ type, initiateTag = 0 }: ToldChunk, length: number): Buffer {
  switch (type) {
    case 'INIT':
    case 'INIT_ACK': {
      const fixed = Buffer.alloc(16);
      fixed.writeUInt32BE(initiateTag, 0);
      fixed.writeUInt32BE(65536, 4);
      fixed.writeUInt32BE(0x00010001, 8);
      return Buffer.concat([fixed, parameter(PARAMETERS.unknown, length)]);
    }
    case 'DATA':
    case 'SACK':
      return Buffer.alloc(12);
    case 'HEARTBEAT':
    case 'HEARTBEAT_ACK':
      return parameter(PARAMETERS.heartbeat, length);
    case 'ABORT':
    case 'ERROR':
      return parameter(PARAMETERS.user, length);
    case 'SHUTDOWN':
      return Buffer.alloc(4);
    default:
      return Buffer.alloc(0);
  }
}
