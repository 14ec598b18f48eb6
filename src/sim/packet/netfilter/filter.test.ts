import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Socket } from '#facts/socket/socket';
import { ip } from '#net/ip';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import type { ChoicePoint } from '#sim/clock/choice';
import { packetOf } from '../trace.ts';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';

/** Both backends hold a table mangle on node A, where a packet is forwarded and marked by one of them. */
const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('A');
const flow = { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'tcp', port: 80 } as const;

/** How often it is asked which of the two comes first, where the other one holds this rule. */
function asked(text: string): number {
  const marking = healthy.rule(scope, 'mangle', '-A FORWARD -j MARK --set-mark 0x4', 0).facts;
  const own = marking.partition('iptables', scope);
  const other = healthy
    .rule(scope, 'mangle', text, 0)
    .facts.partition('iptables', scope)
    ?.facts.find(({ table }) => table === 'mangle');
  assert.ok(own !== undefined && other !== undefined);
  const facts = [...own.facts, { ...other, backend: other.backend === 'nft' ? 'legacy' : 'nft' } as const];
  const world = worldOf(marking.with({ ...own, facts }));
  const points: string[] = [];
  const pick = ({ of }: ChoicePoint): number => {
    points.push(of);
    return 0;
  };
  send(world, flow.from, packetOf(world, flow), FRESH, { pick }, 0);
  return points.filter((of) => of === 'order').length;
}

test('which of two tables at one priority comes first is asked only on the hooks where both have rules (nf_hook_entries_grow)', () => {
  assert.equal(asked('-A INPUT -j MARK --set-mark 0x1'), 0);
  assert.equal(asked('-A FORWARD -j MARK --set-mark 0x1'), 2); // there and back
});

test('orders that use up tokens of a limit differently are not the same, whatever they do to this packet (limit_mt)', () => {
  assert.equal(asked('-A FORWARD -m mark --mark 0x4 -m limit --limit 1/hour --limit-burst 1 -j ACCEPT'), 1); // on the way back its one token is gone
  assert.equal(asked('-A FORWARD -m limit --limit 1/hour --limit-burst 9 -j ACCEPT'), 0);
});

test('orders that give the packet to different sockets are not the same (tproxy_tg4, nft_tproxy_eval_v4)', () => {
  const orders = (port: number): number => {
    const socket = (own: number) => ({ ...LISTENING, local: { address: ip`0.0.0.0`, port: own, dev: null }, inode: own });
    const text = `table ip t {\nchain c {\ntype filter hook prerouting priority mangle; policy accept;\ntcp dport 80 tproxy to :${port}\n}\n}\n`;
    const ruled = healthy.rule(scope, 'mangle', '-A PREROUTING -i flannel.1 -p tcp -j TPROXY --on-port 7777', 0);
    const both = ruled.put('socket', scope, socket(7777)).put('socket', scope, socket(7778));
    const world = worldOf(withNft(both, scope, text).facts);
    const points: string[] = [];
    const pick = ({ of }: ChoicePoint): number => points.push(of) * 0;
    send(world, flow.from, packetOf(world, flow), FRESH, { pick }, 0);
    return points.filter((of) => of === 'order').length;
  };
  assert.deepEqual([orders(7777), orders(7778)], [0, 1]);
});

const LISTENING: Omit<Socket, 'origin' | 'local' | 'inode'> = {
  ...{ protocol: 'tcp', family: 4, state: 'LISTEN', remote: null, v6Only: undefined, recvQ: 0, sendQ: 0, timer: null },
  ...{ process: null, uid: 0, tcp: null, transparent: true },
};
