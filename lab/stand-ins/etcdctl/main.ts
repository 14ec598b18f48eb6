import { readFileSync } from 'node:fs';
import { bytesIn, listIn, longIn, type Message, messageIn, toBytes } from '../etcd/messages.ts';
import { call } from './client.ts';
import { type Options, readOptions } from './options.ts';
import { asFields, asJson, asSimple } from './print.ts';

const hex = (id: bigint): string => id.toString(16).padStart(16, '0');
const EVERYTHING = '\0';

/** The end of the range of all keys that begin with this one. */
function prefixEnd(key: string): string {
  const bytes = Buffer.from(key, 'utf8');
  const last = bytes.length - 1;
  if (last < 0) return EVERYTHING;
  bytes.writeUInt8((bytes[last] ?? 0) + 1, last);
  return bytes.toString('utf8');
}

function rangeOf(key: string, end: string | undefined, flags: ReadonlySet<string>): Message {
  if (flags.has('prefix')) return { key: toBytes(key === '' ? EVERYTHING : key), range_end: toBytes(prefixEnd(key)) };
  if (flags.has('from-key')) return { key: toBytes(key), range_end: toBytes(EVERYTHING) };
  return { key: toBytes(key), ...(end === undefined ? {} : { range_end: toBytes(end) }) };
}

type Ask = (path: string, body: Message) => Promise<Message>;

async function get({ words, flags, write }: Options, ask: Ask): Promise<string> {
  const [, key = '', end] = words;
  const answer = await ask('kv/range', { ...rangeOf(key, end, flags), keys_only: flags.has('keys-only') });
  if (write === 'json') return asJson(answer);
  return write === 'fields' ? asFields(answer) : asSimple(answer, flags);
}

async function put({ words, flags, write, lease }: Options, ask: Ask): Promise<string> {
  const [, key = '', value = readFileSync(0, 'utf8')] = words;
  const kept = { ignore_lease: flags.has('ignore-lease'), prev_kv: flags.has('prev-kv') };
  const answer = await ask('kv/put', { key: toBytes(key), value: toBytes(value), lease: `${lease}`, ...kept });
  return write === 'json' ? asJson(answer) : 'OK';
}

async function remove({ words, flags, write }: Options, ask: Ask): Promise<string> {
  const [, key = '', end] = words;
  const answer = await ask('kv/deleterange', { ...rangeOf(key, end, flags), prev_kv: flags.has('prev-kv') });
  return write === 'json' ? asJson(answer) : `${longIn(answer, 'deleted')}`;
}

async function lease({ words, flags, write }: Options, ask: Ask): Promise<string> {
  const [, verb = '', argument = ''] = words;
  const id = verb === 'grant' || argument === '' ? 0n : BigInt(`0x${argument}`);
  const paths: Readonly<Record<string, string>> = {
    list: 'leases',
    grant: 'grant',
    revoke: 'revoke',
    timetolive: 'timetolive',
    'keep-alive': 'keepalive',
  };
  const path = paths[verb];
  if (path === undefined) throw new Error(`unknown lease command ${verb}`);
  const body = verb === 'grant' ? { TTL: argument, ID: '0' } : { ID: `${id}`, keys: flags.has('keys') };
  const answer = await ask(`lease/${path}`, body);
  return write === 'json' ? asJson(answer) : leaseText(verb, id, answer, flags);
}

function leaseText(verb: string, id: bigint, answer: Message, flags: ReadonlySet<string>): string {
  const ttl = longIn(answer, 'TTL');
  if (verb === 'list') {
    const ids = listIn(answer['leases']).map((one) => hex(longIn(messageIn(one), 'ID')));
    return [`found ${ids.length} leases`, ...ids].join('\n');
  }
  if (verb === 'grant') return `lease ${hex(longIn(answer, 'ID'))} granted with TTL(${ttl}s)`;
  if (verb === 'revoke') return `lease ${hex(id)} revoked`;
  if (verb === 'keep-alive') return `lease ${hex(id)} keepalived with TTL(${longIn(messageIn(answer['result']), 'TTL')})`;
  if (ttl < 0n) return `lease ${hex(id)} already expired`;
  const keys = listIn(answer['keys']).map((key) => bytesIn({ key }, 'key') ?? '');
  const attached = flags.has('keys') ? `, attached keys([${keys.join(' ')}])` : '';
  return `lease ${hex(id)} granted with TTL(${longIn(answer, 'grantedTTL')}s), remaining(${ttl}s)${attached}`;
}

const COMMANDS: Readonly<Record<string, (options: Options, ask: Ask) => Promise<string>>> = { get, put, del: remove, lease };

/** The part of `etcdctl`'s v3 syntax that flannel's users need, against the v3 JSON gateway. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args, process.env);
  const [verb = ''] = options.words;
  if (verb === 'version') {
    process.stdout.write('etcdctl version: 3.4.23\nAPI version: 3.4\n');
    return 0;
  }
  const command = COMMANDS[verb];
  if (command === undefined) {
    process.stderr.write(`Error: unknown command "${verb}" for "etcdctl" (the lab's stand-in knows get, put, del, lease, version)\n`);
    return 1;
  }
  try {
    const text = await command(options, async (path, body) => messageIn(await call(options.endpoint, path, body)));
    process.stdout.write(text === '' ? '' : `${text}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`Error: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
