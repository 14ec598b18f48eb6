import { worldOf } from '#dataplane/world';
import { endsNamed, type ReachEnd } from '#engine/reach/end';
import { type By, reachedInFamilies } from '#engine/reach/pair';
import type { AskedPort } from '#engine/reach/policy-side';
import type { Facts } from '#facts/facts';
import type { Quote } from '#report/quote';
import { lineJson } from '#report/reach-json';
import { UsageError } from '../command.ts';
import type { World } from '../world.ts';

/** Answers each line of a file of pairs on a line of its own, with the id that it had. */
export async function answerPairs(file: string, facts: Facts, by: By, quote: Quote, world: World): Promise<void> {
  if (!(await world.files.exists(file))) throw new UsageError(`${file} is not there`);
  const text = (await world.files.read(file)).toString('utf8');
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const asked = askedIn(line, index + 1);
    world.print(JSON.stringify({ id: asked.id, ...answerTo(asked, facts, by, quote) }));
  }
}

/** One line of a file of pairs, or why it cannot be read. */
type Asked = { readonly id: unknown } & (
  | { readonly from: string; readonly to: string; readonly port: unknown; readonly proto: unknown }
  | { readonly error: string }
);

function askedIn(line: string, number: number): Asked {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { id: null, error: `line ${number} is no JSON` };
  }
  const fields = new Map<string, unknown>(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  const [id, from, to] = [fields.get('id') ?? null, fields.get('from'), fields.get('to')];
  if (typeof from !== 'string' || typeof to !== 'string') return { id, error: `line ${number}: from and to are missing, or no texts` };
  return { id, from, to, port: fields.get('port'), proto: fields.get('proto') };
}

function answerTo(asked: Asked, facts: Facts, by: By, quote: Quote): object {
  if ('error' in asked) return { error: asked.error };
  const from = oneEnd(asked.from, facts);
  const to = oneEnd(asked.to, facts);
  const port = portOf(asked.port, asked.proto);
  if (typeof from === 'string') return { error: from };
  if (typeof to === 'string') return { error: to };
  if (typeof port === 'string') return { error: port };
  return lineJson(reachedInFamilies(worldOf(facts), from, to, port, by), facts, quote);
}

function oneEnd(text: string, facts: Facts): ReachEnd | string {
  const found = endsNamed(facts, text);
  if (typeof found === 'string') return found;
  const [end] = found;
  return end === undefined || found.length > 1 ? `${text} names ${found.length} ends, not one` : end;
}

function portOf(port: unknown, proto: unknown): AskedPort | string {
  const protocol = String(proto ?? (port === undefined ? 'icmp' : 'tcp')).toUpperCase();
  if (protocol === 'ICMP') return null;
  if (protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP') return 'a protocol is tcp, udp, sctp or icmp';
  const isPort = typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535;
  return isPort ? { port, protocol } : 'a port is a whole number from 1 to 65535';
}
