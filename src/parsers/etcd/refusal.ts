import type { Gap, GapWhy } from '#snapshot/gap';
import { CLUSTER } from '#snapshot/scope';
import { member, numberAt, textAt } from '../document.ts';
import { type Parsed, reading } from '../format.ts';
import { linesOf, quoted } from '../lines.ts';

/** What etcd and etcdctl say when there is no answer, by what it means. */
const REFUSALS: readonly (readonly [RegExp, GapWhy])[] = [
  [/context deadline exceeded|DeadlineExceeded|i\/o timeout|timed out/i, 'timed out'],
  [/permission denied|authentication|certificate|unauthori[sz]ed|user name is empty|insufficient credentials/i, 'denied'],
  [
    /connection refused|cluster is unavailable|no route to host|network is unreachable|transport is closing|no such host|EOF|TransientFailure/i,
    'failed',
  ],
];

const whyOf = (text: string): GapWhy => REFUSALS.find(([words]) => words.test(text))?.[1] ?? 'failed';

/** A lease reading that only says why there is none. */
function refused(text: string): Parsed {
  const detail = quoted(text.trim()).replace(/\/\/[^/@\s]*@/g, '//');
  const gap: Gap = { of: 'lease', scope: CLUSTER, why: whyOf(text), detail: `etcd: ${detail}` };
  return { readings: [{ ...reading('lease', [], [], CLUSTER), gap }], problems: [] };
}

/** The key is not there: where it is flannel's folder of leases, that is an answer; of any other key it tells nothing. */
function notFound(key: string): Parsed {
  if (/\/network\/config$/.test(key)) return { readings: [reading('flannel-config', [], true, CLUSTER)], problems: [] };
  const whole = /\/(?:subnets|network)\/?$/.test(key);
  return { readings: whole ? [reading('lease', [], true, CLUSTER)] : [], problems: [] };
}

const NOT_FOUND = /Error: +100: Key not found \(([^)]{1,200})\)/;

/** `Error: …` lines of etcdctl, v2 and v3; nothing when the text holds none. */
export function refusalText(text: string): Parsed | undefined {
  const lines = linesOf(text.slice(0, 65_536)).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const line =
    lines.find((one) => /^Error: /.test(one)) ??
    lines.find((one) => /^(?:\{"level":"(?:warn|error|fatal)"|curl: \(\d+\)|dial tcp )/.test(one));
  if (line === undefined) return undefined;
  const key = NOT_FOUND.exec(line)?.[1];
  return key === undefined ? refused(line) : notFound(key);
}

/** An error body of the HTTP API: v2's `errorCode`, the gateway's `error` and `code`. */
export function refusalJson(document: unknown): Parsed | undefined {
  const code = numberAt(document, 'errorCode');
  if (code === 100) return notFound(textAt(document, 'cause') ?? '');
  if (code !== undefined) return refused(textAt(document, 'message') ?? `error ${code}`);
  const message = textAt(document, 'error') ?? textAt(document, 'message');
  return message !== undefined && (member(document, 'code') !== undefined || member(document, 'error') !== undefined)
    ? refused(message)
    : undefined;
}
