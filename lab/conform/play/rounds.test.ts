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
const unreachable = (about: number): Header => ({ ...tcp, protocol: 1, type: 3, code: 1, about: { ...tcp, id: about } });
/** The numbers of the conversation's two packets. */
const [FIRST, SECOND] = [7, 8];

/** How many sightings in the second round are of the packet that was said in it. */
async function seenInSecondRound(header: Header): Promise<number> {
  const ids = [FIRST, SECOND].values();
  const next = (): number => ids.next().value ?? 0;
  const late: Seen = { in: 's1a', device: 'e0', how: 'in', header };
  const send = async (sent: readonly Numbered[]) => ({
    ...{ failed: new Map(), times: [], storms: [], frames: {} },
    seen: sent.some(({ id }) => id === SECOND) ? [late] : [],
  });
  const all = meet([{ scene: twice, stage: new Stage('s1') }], next);
  await speak({ send } as Pick<Wire, 'send'> as Wire, all, { from: 0, until: 2 }, next, new Map());
  return all[0]?.sent[1]?.seen.length ?? -1;
}

/** Debian 12, scene ipvs:wa1.1*370: a round took longer than the three seconds after which a neighbour's silence is told. */
test('an error about the first packet that comes in the next round is not about what was said in that', async () => {
  assert.equal(await seenInSecondRound(unreachable(FIRST)), 0);
  assert.equal(await seenInSecondRound(unreachable(SECOND)), 1);
});

test('what a kernel answers by itself is told by the number that it repeats, in whichever round', async () => {
  assert.equal(await seenInSecondRound({ ...tcp, flags: 20, ack: FIRST * 4096 + 9 }), 1);
  assert.equal(await seenInSecondRound({ ...tcp, flags: 20, ack: SECOND * 4096 + 9 }), 0);
});
