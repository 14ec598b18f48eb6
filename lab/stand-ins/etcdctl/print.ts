import { bytesIn, field, listIn, longIn, type Message, messageIn } from '../etcd/messages.ts';

/** The gateway's answer as `-w json` prints it: 64-bit numbers bare, not as strings. */
export const asJson = (answer: Message): string => JSON.stringify(answer).replace(/"([A-Za-z_]+)":"(-?\d+)"/g, '"$1":$2');

const keysOf = (answer: Message): readonly Message[] => listIn(answer['kvs']).map(messageIn);

/** `-w fields`. */
export function asFields(answer: Message): string {
  const header = messageIn(answer['header']);
  const line = (name: string, value: unknown): string => `"${name}" : ${value}`;
  const head = [
    line('ClusterID', longIn(header, 'cluster_id') & 0xffffffffffffffffn),
    line('MemberID', longIn(header, 'member_id') & 0xffffffffffffffffn),
    line('Revision', longIn(header, 'revision')),
    line('RaftTerm', longIn(header, 'raft_term')),
  ];
  const keys = keysOf(answer).flatMap((one) => [
    line('Key', JSON.stringify(bytesIn(one, 'key') ?? '')),
    line('CreateRevision', longIn(one, 'create_revision')),
    line('ModRevision', longIn(one, 'mod_revision')),
    line('Version', longIn(one, 'version')),
    line('Value', JSON.stringify(bytesIn(one, 'value') ?? '')),
    line('Lease', longIn(one, 'lease')),
  ]);
  return [...head, ...keys, line('More', field(answer, 'more') === true), line('Count', longIn(answer, 'count'))].join('\n');
}

/** Plain output: a key, its value, and so on. */
export function asSimple(answer: Message, flags: ReadonlySet<string>): string {
  const lines = keysOf(answer).flatMap((one) => {
    const [key, value] = [bytesIn(one, 'key') ?? '', bytesIn(one, 'value') ?? ''];
    if (flags.has('keys-only')) return [key, ''];
    return flags.has('print-value-only') ? [value] : [key, value];
  });
  return lines.join('\n');
}
