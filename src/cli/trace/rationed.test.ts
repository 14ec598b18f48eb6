import assert from 'node:assert/strict';
import test from 'node:test';
import type { Facts } from '#facts/facts';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { withNft } from '#testing/nft-text';
import { Conversations } from './conversation.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const A = healthy.node('A').scope;
const [server, client] = [healthy.pod('A'), healthy.pod('B')];
const snapshot = { node: () => undefined } as never;

type Told = { readonly outcomes: readonly Outcome[] };
type Outcome = { readonly probability: number | null; readonly walks: readonly { readonly disposition: string }[] };

/** So many packets, each of a flow of its own and after whatever came before, which nobody saw: how likely the ends of each are. */
function ends(facts: Facts, packets: number): readonly Readonly<Record<string, number>>[] {
  const conversations = new Conversations({ facts, snapshot });
  let after: readonly object[] | null = null;
  return Array.from({ length: packets }, (_, at) => {
    const packet = { source: client.address, destination: server.address, protocol: 'udp', sport: 40_000 + at, dport: 53 };
    const told = conversations.answer({ id: at, from: `${client.scope.node}/${client.scope.netns}`, at, packet, after }) as Told;
    after = told.outcomes.map((_one, outcome) => ({ id: at, outcome }));
    return byEnd(told);
  });
}

function byEnd({ outcomes }: Told): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const { probability, walks } of outcomes) {
    const end = walks[0]?.disposition ?? '';
    found[end] = Math.round(((found[end] ?? 0) + (probability ?? Number.NaN)) * 1e6) / 1e6;
  }
  return found;
}

/** Dice let half of the packets by; of the others two are dropped, for there are two tokens. */
const DICE = '-A FORWARD -p udp -m statistic --mode random --probability 0.5 -j ACCEPT';
const limited = (match: string): BuiltCluster =>
  healthy.rule(A, 'filter', `-A FORWARD -p udp ${match} -j DROP`, 0).rule(A, 'filter', DICE, 0);

/** After n packets k of them asked for a token, as likely as dice say. */
const EXPECTED = [0.5, 0.5, 0.5 * 0.75, 0.5 * 0.5];

test('dice before a hashlimit: what others took of its tokens is as likely as the dice fell so (xt_hashlimit.c hashlimit_mt_common)', () => {
  const told = ends(
    limited('-m hashlimit --hashlimit-upto 1/hour --hashlimit-burst 2 --hashlimit-mode dstip --hashlimit-name web').facts,
    4,
  );
  assert.deepEqual(
    told.map((one) => one['dropped']),
    EXPECTED,
  );
});

test('dice before a limit of nft: the same (nft_limit_eval)', () => {
  const ruleset = `table inet t {
    chain forward {
      type filter hook forward priority 0; policy accept;
      meta l4proto udp numgen random mod 2 0 accept
      meta l4proto udp limit rate 1/day burst 2 packets counter packets 0 bytes 0 drop
    }
  }`;
  const told = ends(withNft(healthy, A, ruleset).facts, 4);
  assert.deepEqual(
    told.map((one) => one['dropped']),
    EXPECTED,
  );
});

/** Nearly every packet is noted and takes one of four tokens; which of them were noted is told apart, and only the likeliest ways are followed. */
test('of more ways than are followed none that left a token is forgotten', () => {
  const ruleset = `table inet t {
    set s {
      type inet_service
      flags dynamic
    }
    chain forward {
      type filter hook forward priority 0; policy accept;
      meta l4proto udp numgen random mod 10 != 0 add @s { udp sport } limit rate 1/day burst 4 packets counter packets 0 bytes 0 drop
    }
  }`;
  const told = ends(withNft(healthy, A, ruleset).facts, 7);
  assert.equal(told[0]?.['dropped'], 0.9);
  assert.ok((told[6]?.['dropped'] ?? 0) > 0);
});
