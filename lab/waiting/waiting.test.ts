import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { labTest } from '../testing/lab-test.ts';
import { run } from '../world/command.ts';
import type { Packet } from './packets.ts';
import { drawsOf } from './share.ts';

type Lookups = {
  readonly lookups: readonly { readonly result: string; readonly ms: number }[];
  readonly packets: readonly Packet[];
  readonly predicted: { readonly branches: readonly Branch[] };
};
type Branch = {
  readonly probability: number;
  readonly result: string;
  readonly afterMs: number;
  readonly queries: readonly { readonly atMs: number; readonly sourcePort: number }[];
};
type Told = { readonly at: number; readonly code?: string; readonly answeredAfter?: number };
type HalfOpen = {
  readonly lostAt: number;
  readonly looked: { readonly at: number; readonly sockets: string };
  readonly diagnosis: { readonly findings: readonly Finding[] };
  readonly told: readonly Told[];
  readonly relieved: readonly Told[];
  readonly mended: readonly { readonly code: number; readonly text: string }[];
  readonly packets: readonly Packet[];
};
type Finding = {
  readonly fault: string;
  readonly subject: string;
  readonly status: string;
  readonly params: { readonly noticeS: number; readonly connections: readonly string[] };
};

/** Measured and predicted may differ by five in a hundred of the whole. */
const SHARE = 0.05;
/** How late a busy machine may wake a process: less than a resolver's timeout of 5 s, so that one more of these would show. */
const LATE_MS = 3000;

const started = new Map<string, Promise<string>>();
/** What waits by the clock waits side by side. */
function measured(script: string): Promise<string> {
  for (const name of ['dns-lookups.ts', 'half-open.ts']) {
    const file = fileURLToPath(new URL(name, import.meta.url));
    if (!started.has(name)) {
      const ran = run(process.execPath, ['--no-warnings', file], { timeoutMs: 280_000, env: process.env });
      started.set(
        name,
        ran.then(({ code, stdout, stderr }) => (code === 0 ? stdout : assert.fail(`${name}: ${stderr}`))),
      );
    }
  }
  return started.get(script) ?? assert.fail(script);
}

/** When the sockets were read, by the packets' clock: so long after the last packet as the socket itself says. */
function lookedAt({ at, sockets }: HalfOpen['looked'], port: number, dead: readonly Packet[]): number {
  const line = sockets.split('\n').find((one) => one.includes(`:${port} `)) ?? assert.fail(`no socket of port ${port}: ${sockets}`);
  const sinceSentMs = Number(/lastsnd:(\d+)/.exec(line)?.[1]);
  const reads = dead.map((sent) => sent.at + sinceSentMs / 1000);
  return reads.reduce((best, one) => (Math.abs(one - at / 1000) < Math.abs(best - at / 1000) ? one : best));
}

const near = (value: number, wanted: number, whole: number, what: string): void =>
  assert.ok(Math.abs(value - wanted) <= whole * SHARE, `${what}: ${value}, predicted ${wanted}`);

/** Lookups that had one port after the other: each asks two questions, and whatever has another number is of the next one. */
function oneAfterTheOther(packets: readonly Packet[]): readonly (readonly Packet[])[] {
  const lookups: Packet[][] = [];
  for (const packet of packets) {
    const own = lookups.at(-1) ?? [];
    const asked = new Set(own.map(({ query }) => query));
    if (own.length === 0 || (asked.size === 2 && !asked.has(packet.query))) lookups.push([packet]);
    else own.push(packet);
  }
  return lookups;
}

labTest('with one of two DNS servers dead, glibc does what was predicted, packet by packet', async (context) => {
  const { lookups, packets, predicted }: Lookups = JSON.parse(await measured('dns-lookups.ts'));
  const [well, ill] = [
    predicted.branches.find(({ result }) => result === 'answer'),
    predicted.branches.find(({ result }) => result !== 'answer'),
  ];
  assert.ok(well !== undefined && ill !== undefined && predicted.branches.length === 2, JSON.stringify(predicted));
  assert.deepEqual([well.probability, ill.probability, ill.result, ill.afterMs], [0.5, 0.5, 'EAI_AGAIN', 10_000]);
  assert.equal(new Set(ill.queries.map(({ sourcePort }) => sourcePort)).size, 1);

  const failed = lookups.filter(({ result }) => result !== 'answer');
  const { least, most } = drawsOf(ill.probability, lookups.length);
  context.diagnostic(`${failed.length} of ${lookups.length} lookups failed; the kernel may draw ${least} to ${most}`);
  assert.ok(failed.length >= least && failed.length <= most, `${failed.length} of ${lookups.length} failed, not ${least} to ${most}`);
  for (const { result, ms } of failed) {
    assert.equal(result, ill.result);
    // a busy machine may wake the application late, never early; how long the resolver waits is told by its packets
    assert.ok(ms >= ill.afterMs * (1 - SHARE) && ms < ill.afterMs + LATE_MS, `the application waits ${ms}, predicted ${ill.afterMs}`);
  }
  const late = lookups.filter(({ result, ms }) => result === 'answer' && ms >= LATE_MS);
  assert.deepEqual(late, [], 'what is answered is answered at once');

  const byLookup = [...Map.groupBy(packets, ({ sourcePort }) => sourcePort).values()].flatMap(oneAfterTheOther);
  assert.equal(byLookup.length, lookups.length, 'one source port for each lookup');
  assert.equal(byLookup.filter(({ length }) => length === ill.queries.length).length, failed.length);
  for (const own of byLookup) {
    const branch: Branch = own.length === ill.queries.length ? ill : well;
    assert.equal(own.length, branch.queries.length);
    own.forEach(({ at }, index) => {
      near((at - (own[0]?.at ?? 0)) * 1000, branch.queries[index]?.atMs ?? 0, ill.afterMs, `packet ${index + 1}`);
    });
  }
});

labTest('a half-open connection is noticed when it was predicted, and mended at once where it is closed', async () => {
  const { lostAt, looked, diagnosis, told, relieved, mended, packets }: HalfOpen = JSON.parse(await measured('half-open.ts'));
  const finding = diagnosis.findings.find(({ fault, subject }) => fault === 'connection-half-open' && subject.includes('/D/'));
  assert.ok(finding !== undefined, JSON.stringify(diagnosis.findings.map(({ fault, subject }) => `${fault} ${subject}`)));
  assert.equal(finding.status, 'proved');

  const port = Number(/:(\d+)→/.exec(finding.params.connections[0] ?? '')?.[1]);
  const dead = packets.filter(({ sourcePort, at }) => sourcePort === port && at * 1000 > lostAt);
  const [end, next] = told;
  assert.equal(end?.code, 'ETIMEDOUT');
  const [first, last] = [dead[0], dead.at(-1)];
  const anew = packets.find(({ at, flags, sourcePort }) => flags === 'S' && sourcePort !== port && at > (last?.at ?? 0));
  assert.ok(first !== undefined && anew !== undefined, JSON.stringify(packets));
  const predicted = (lookedAt(looked, port, dead) - first.at) * 1000 + finding.params.noticeS * 1000;
  near((anew.at - first.at) * 1000, predicted, predicted, 'milliseconds from the first packet without an answer to the next SYN');
  assert.ok((next?.answeredAfter ?? LATE_MS) < LATE_MS, 'the next request works at once');

  assert.deepEqual(
    mended.map(({ code }) => code),
    [0],
    mended.map(({ text }) => text).join('\n'),
  );
  assert.equal(relieved[0]?.code, 'ECONNABORTED');
  assert.ok((relieved[1]?.answeredAfter ?? LATE_MS) < LATE_MS);
});
