import type { Cluster } from '../../vocabulary.ts';

const [TYPE_A, CLASS_IN] = [1, 1];
const [NO_ERROR, FORMAT_ERROR, NAME_ERROR] = [0, 1, 3];
const [RESPONSE, AUTHORITATIVE, RECURSION_DESIRED, RECURSION_AVAILABLE] = [0x8000, 0x0400, 0x0100, 0x0080];
const HEADER = 12;
const TTL_SECONDS = 30;

/** The names that CoreDNS would know of a cluster, each with its address. */
export function zoneOf({ services }: Pick<Cluster, 'services'>): ReadonlyMap<string, string> {
  return new Map(
    services.map(({ name, clusterIp }) => {
      const [namespace = '', rest = ''] = name.split('/');
      return [`${rest.split(':')[0]}.${namespace}.svc.cluster.local`, clusterIp];
    }),
  );
}

type Question = { readonly name: string; readonly type: number; readonly end: number };

/** Reads the one question of a query; compression has no place there. */
function questionIn(query: Buffer): Question | undefined {
  const labels: string[] = [];
  let at = HEADER;
  for (let size = query[at]; size !== undefined && size !== 0; size = query[at]) {
    if (size > 63 || at + 1 + size > query.length) return undefined;
    labels.push(query.toString('latin1', at + 1, at + 1 + size));
    at += 1 + size;
  }
  if (at + 5 > query.length) return undefined;
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** Answers one query from a zone; what is no query is not answered. */
export function respond(zone: ReadonlyMap<string, string>, query: Buffer): Buffer | undefined {
  if (query.length < HEADER || (query.readUInt16BE(2) & RESPONSE) !== 0) return undefined;
  const question = questionIn(query);
  if (question === undefined) return head(query, FORMAT_ERROR, 0, HEADER);
  const address = zone.get(question.name);
  if (address === undefined) return head(query, NAME_ERROR, 0, question.end);
  if (question.type !== TYPE_A) return head(query, NO_ERROR, 0, question.end);
  const answer = Buffer.alloc(16);
  answer.writeUInt16BE(0xc000 | HEADER, 0); // the name of the question
  answer.writeUInt16BE(TYPE_A, 2);
  answer.writeUInt16BE(CLASS_IN, 4);
  answer.writeUInt32BE(TTL_SECONDS, 6);
  answer.writeUInt16BE(4, 10);
  for (const [at, part] of address.split('.').entries()) answer.writeUInt8(Number(part), 12 + at);
  return Buffer.concat([head(query, NO_ERROR, 1, question.end), answer]);
}

function head(query: Buffer, code: number, answers: number, end: number): Buffer {
  const bytes = Buffer.from(query.subarray(0, end));
  const asked = query.readUInt16BE(2) & RECURSION_DESIRED;
  bytes.writeUInt16BE(RESPONSE | AUTHORITATIVE | RECURSION_AVAILABLE | asked | code, 2);
  bytes.writeUInt16BE(end > HEADER ? 1 : 0, 4);
  bytes.writeUInt16BE(answers, 6);
  bytes.writeUInt32BE(0, 8);
  return bytes;
}
