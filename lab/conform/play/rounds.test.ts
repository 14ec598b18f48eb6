import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Packet } from '../draw/packet.ts';
import type { Scene } from '../draw/scene.ts';
import { Stage } from '../stage/raise.ts';
import type { Header, Numbered, Seen, Wire } from '../stage/wire.ts';
import { meet, speak } from './rounds.ts';

const packet: Packet = { from: 'a', through: 'raw', source: '10.1.0.2', destination: '10.2.0.3', protocol: 'tcp', sport: 20000, dport: 80 };
const twice = {
  layout: { namespaces: [{ name: 'a', devices: [] }] },
  conversations: [
    {
      by: [],
      steps: [
        { does: 'send', packet },
        { does: 'again', step: 0 },
      ],
    },
  ],
} as unknown as Scene;

const tcp: Header = {
  ...{ source: packet.source, destination: packet.destination, protocol: 6, sport: 20000, dport: 80 },
  ...{ ttl: 64, ident: 1, id: 0, length: 48 },
};
const errorAbout = (about: Header): Header => ({ ...tcp, protocol: 1, type: 3, code: 1, about });
/** The numbers of the conversation's two packets. */
const [FIRST, SECOND] = [7, 8];

const numbered = (id: number): Header => ({ ...tcp, id });
/** What a kernel answers by itself carries no number, but TCP's of the conversation. */
const reset = (sequence: number): Header => ({ ...tcp, flags: 4, seq: FIRST * 4096 + sequence });

/** How many sightings in the second round are of the packet that was said in it, where these were seen in both. */
async function seenInSecondRound(second: readonly Header[], first: readonly Header[] = []): Promise<number> {
  const ids = [FIRST, SECOND].values();
  const next = (): number => ids.next().value ?? 0;
  const send = async (sent: readonly Numbered[]) => ({
    ...{ failed: new Map(), times: [], storms: [], frames: {} },
    seen: (sent.some(({ id }) => id === SECOND) ? second : first).map((header): Seen => ({ in: 's1a', device: 'e0', how: 'in', header })),
  });
  const all = meet([{ scene: twice, stage: new Stage('s1') }], next);
  await speak({ send } as Pick<Wire, 'send'> as Wire, all, { from: 0, until: 2 }, next, new Map());
  return all[0]?.sent[1]?.seen.length ?? -1;
}

/** Debian 12, scene ipvs:wa1.1*370: a round took longer than the three seconds after which a neighbour's silence is told. */
test('an error about the first packet that comes in the next round is not about what was said in that', async () => {
  assert.equal(await seenInSecondRound([errorAbout(numbered(FIRST))]), 0);
  assert.equal(await seenInSecondRound([errorAbout(numbered(SECOND))]), 1);
});

/** Debian 11, the same scene: what waited for the neighbour was a reset. */
test('an error about what a kernel answered in an earlier round is not about what was said in this', async () => {
  assert.equal(await seenInSecondRound([errorAbout(reset(9))], [reset(9)]), 0);
  assert.equal(await seenInSecondRound([reset(17), errorAbout(reset(17))], [reset(9)]), 2);
  assert.equal(await seenInSecondRound([reset(9), errorAbout(reset(9))], [reset(9)]), 2, 'it may be either, so it is judged');
  assert.equal(await seenInSecondRound([errorAbout(reset(17))], [reset(9)]), 1, 'nobody said that before');
  const rejected = { ...errorAbout(reset(9)), code: 3 };
  assert.equal(await seenInSecondRound([rejected], [reset(9)]), 1, 'Linux 6.18, scene nat:g4.134+talk+aim: a rule that rejects it');
});

test('what a kernel answers by itself is told by the number that it repeats, in whichever round', async () => {
  assert.equal(await seenInSecondRound([{ ...tcp, flags: 20, ack: FIRST * 4096 + 9 }]), 1);
  assert.equal(await seenInSecondRound([{ ...tcp, flags: 20, ack: SECOND * 4096 + 9 }]), 0);
});
