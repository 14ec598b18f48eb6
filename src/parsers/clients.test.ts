import assert from 'node:assert/strict';
import test from 'node:test';
import type { FactOf } from '#facts/kinds';
import { factsOf } from '#testing/parse-text';
import { CLIENTS, type Met, metAt, parseRecorded, recordedNames, recordedText } from '#testing/recorded-tools';
import type { Format } from './format.ts';
import { formats } from './formats.ts';
import { recognise } from './recognise.ts';
import { sections } from './transcript.ts';

type Observation = FactOf<'observation'>;
type Heard = { readonly userland: string; readonly name: string; readonly line: string; readonly facts: readonly Observation[] };

/** Everything that was recorded of one tool, as it is read by the format that its content alone is recognised as. */
function heardBy(tool: RegExp): readonly Heard[] {
  return CLIENTS.flatMap((userland) =>
    recordedNames(userland).flatMap((name): Heard[] => {
      const text = recordedText(userland, name);
      const [section] = sections(text);
      const line = section?.argv.join(' ') ?? '';
      if (section === undefined || !tool.test(line)) return [];
      const format = recognise(section.text, formats as readonly Format[], line);
      const facts = format === undefined ? [] : factsOf(parseRecorded(format, userland, name), 'observation');
      return [{ userland, name, line, facts }];
    }),
  );
}

const met = metAt();
const addressIn = (line: string): string | undefined =>
  Object.keys(met).find((address) => new RegExp(`(?<![\\d.])${address}(?![\\d.])`).test(line));

/**
 * Whether a tool can have heard that: what is refused or silent is so for everyone; of an address that cannot be reached, TCP and
 * UDP are told by some errors and not by others, and then it is silent; nobody answers there.
 */
const canBe = (truth: Met, read: Observation['outcome']): boolean =>
  truth === 'unreachable' ? ['unreachable', 'silent'].includes(read) : truth === read;

/** Tools by how the recorded lines begin, and how many observations there must be at least. */
const TCP: readonly (readonly [string, RegExp, number])[] = [
  ['dig over TCP', /^dig \+tcp/, 20],
  ['netcat-openbsd', /^nc -vz -w \d \d/, 20],
  ['netcat-traditional', /^nc\.traditional -n?vz -w \d \d/, 40],
  ['ncat', /^ncat -vz? -w \d \d/, 40],
  ['busybox nc', /^busybox nc -w \d \d/, 10],
  ['telnet', /^timeout \d telnet \d\S* 80 /, 16],
  ['inetutils-telnet', /^timeout \d inetutils-telnet \d\S* 80 /, 16],
  ['busybox telnet', /^timeout \d busybox telnet \d\S* 80 /, 14],
  ['curl -v', /^curl -v -s -m \d http:\/\/[\d.]+\/$/, 20],
];

for (const [tool, line, least] of TCP) {
  test(`${tool} of every version met what the addresses really have`, () => {
    const all = heardBy(line).filter((one) => !one.line.includes('79-83'));
    for (const { userland, name, line, facts } of all) {
      const address = addressIn(line) ?? '';
      const truth = met[address]?.met ?? 'answered';
      for (const fact of facts) {
        assert.deepEqual([fact.to, fact.protocol], [address, 'tcp'], `${userland} ${name}`);
        assert.ok(canBe(truth, fact.outcome), `${userland} ${name}: ${fact.outcome}, really ${truth}`);
        if (address === '203.0.113.9') assert.equal(fact.outcome, 'unreachable', `${userland} ${name}`);
      }
      assert.ok(facts.length <= 1, `${userland} ${name}: one attempt is one observation`);
    }
    const told = all.filter(({ facts }) => facts.length > 0).length;
    assert.ok(told >= least, `${told} observations of ${all.length}`);
  });
}

const DNS: readonly (readonly [string, RegExp, number])[] = [
  ['dig', /^dig \+tries=\d \+time=\d @\d/, 20],
  ['nslookup', /^nslookup -timeout=\d -retry=1 web\.test \d/, 20],
  ['busybox nslookup', /^timeout 12 busybox nslookup web\.test \d/, 20],
];

for (const [tool, line, least] of DNS) {
  test(`${tool} of every version heard of each name server what it really does`, () => {
    const all = heardBy(line);
    for (const { userland, name, line, facts } of all) {
      const address = addressIn(line) ?? '';
      for (const fact of facts) {
        assert.deepEqual([fact.to, fact.protocol, fact.port], [address, 'udp', 53], `${userland} ${name}`);
        assert.ok(canBe(met[address]?.met ?? 'answered', fact.outcome), `${userland} ${name}: ${fact.outcome}`);
      }
    }
    const told = all.filter(({ facts }) => facts.length === 1).length;
    assert.ok(told >= least, `${told} observations of ${all.length}`);
    // BIND 9.16 gives up in the same words, whatever it met: no observation but of an answer
    const untold = all.filter(({ facts }) => facts.length === 0);
    assert.deepEqual([...new Set(untold.map(({ userland }) => userland))], tool.startsWith('busybox') ? [] : ['clients/debian-11']);
  });
}

test('an answer that a name is not there, or of an error, is an answer', () => {
  const all = heardBy(/^(?:dig @192|nslookup|busybox nslookup) ?(?:192\S+ )?(?:nosuch|broken|refused)\.test(?: 192\.0\.2\.53)?$/).filter(
    ({ name }) => !name.startsWith('by-'),
  );
  assert.ok(all.length >= 14, `${all.length}`);
  for (const { userland, name, facts } of all)
    assert.deepEqual(
      facts.map(({ to, outcome }) => [to, outcome]),
      [['192.0.2.53', 'answered']],
      `${userland} ${name}`,
    );
});

test('ping of every version tells an answer, silence and errors apart', () => {
  const all = heardBy(/^(?:busybox )?ping -c 1 -W \d \d/);
  assert.ok(all.length >= 30);
  for (const { userland, name, line, facts } of all) {
    const truth = met[addressIn(line) ?? '']?.met ?? 'answered';
    // an address whose ports are closed answers an echo request
    const echo = truth === 'refused' ? 'answered' : truth;
    for (const fact of facts) assert.ok(canBe(echo, fact.outcome), `${userland} ${name}: ${fact.outcome}`);
    assert.equal(facts.length, 1, `${userland} ${name}`);
  }
});

test('where the name was not resolved nothing was asked of any address', () => {
  const all = heardBy(/nosuch\.test/).filter(({ line }) => !/dig|nslookup|getent/.test(line));
  assert.ok(all.length >= 24, `${all.length}`);
  for (const { userland, name, facts } of all) assert.deepEqual(facts, [], `${userland} ${name}`);
});

test('with name servers that are silent or refuse, no tool has met anything', () => {
  const all = heardBy(/web\.test/).filter(({ name }) => /^by-(?:192\.0\.2\.55|192\.0\.2\.54|198\.51\.100\.3|203\.0\.113\.9)\./.test(name));
  assert.ok(all.length >= 100, `${all.length}`);
  for (const { userland, name, facts } of all)
    for (const { outcome, port } of facts) assert.ok(port === 53 && outcome !== 'answered', `${userland} ${name}: ${outcome} at ${port}`);
});

test('a connection without an answer is both, whatever curl calls it', () => {
  for (const { userland, name, facts } of heardBy(/^curl -v -s -m 1 http:\/\/192\.0\.2\.53:8[123]\/$/))
    assert.deepEqual(
      facts.map(({ outcome }) => outcome),
      ['mixed'],
      `${userland} ${name}`,
    );
});

test("curl's one line without -v is an observation only where it tells the reason", () => {
  const all = heardBy(/^curl -sS -m \d http:\/\/[\d.]+\/$/);
  for (const { userland, name, line, facts } of all) {
    for (const { to, outcome } of facts) {
      assert.equal(to, addressIn(line), `${userland} ${name}`);
      assert.ok(canBe(met[to]?.met ?? 'answered', outcome), `${userland} ${name}: ${outcome}`);
    }
    const isClosed = addressIn(line) === '192.0.2.54';
    // since 7.86 it does not say why there was no connection
    if (isClosed) assert.equal(facts.length, userland.endsWith('-11') ? 1 : 0, `${userland} ${name}`);
  }
  assert.ok(all.filter(({ facts }) => facts.length === 1).length >= 10);
});

test('ping of a name that the kernel has no route for is placed by what was typed', () => {
  for (const { userland, facts } of heardBy(/^(?:busybox )?ping -c 1 -W 1 nowhere\.test$/))
    for (const { to, outcome } of facts)
      assert.ok(outcome === 'unreachable' && ['nowhere.test', '203.0.113.9'].includes(to), `${userland}: ${to} ${outcome}`);
});
