import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { forced } from '#sim/clock/choice';
import { trackedConnection } from '#testing/tracked-connection';
import { cluster } from '#testing/world-builder';
import { resetTo } from '../answer.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';
import { carried } from './carried.ts';
import { type Connection, tupleOf } from './connection.ts';
import { tcpFrom } from './tcp.ts';

const before = cluster();
/** Its kernel was not read: the newest is taken. */
const now = before.without('host', before.node('D').scope);
const { scope } = now.pod('D', 1);
const syn = packetOf(worldOf(now.facts), { from: scope, to: now.pod('A').address, protocol: 'tcp', port: 80, sport: 40001 });
const open = trackedConnection(syn, 'tcp', tupleOf(syn), { seenReply: true, tcp: tcpFrom('SYN_SENT2') });

/** The state of a connection after a reset that answers one of its packets, which ended for that reason. */
function stateAfter(code: string, connection: Connection, built = now): string | undefined {
  const world = worldOf(built.facts);
  const stack = world.stack(scope);
  assert.ok(stack);
  const track = { connection, state: 'ESTABLISHED', direction: 'reply' } as const;
  const answered = carried(new Run(world, forced(new Map()), FRESH), { skb: { stack, track }, reason: { code } }, resetTo(syn));
  assert.equal(answered?.state, code === 'NETFILTER_DROP' ? 'RELATED' : undefined);
  return connection.tcp?.state;
}

test('the reset of a rule closes the connection that it is about, a socket’s does when it is seen (nf_ct_set_closing)', () => {
  assert.equal(stateAfter('NETFILTER_DROP', { ...open }), 'CLOSE');
  assert.equal(stateAfter('NETFILTER_DROP', { ...open, confirmed: false }), 'SYN_SENT2');
  assert.equal(stateAfter('NO_SOCKET', { ...open }), 'SYN_SENT2');
  assert.equal(stateAfter('NETFILTER_DROP', { ...open }, before), 'SYN_SENT2', 'Linux 6.1');
});

test('one that is closed already lives no longer for the reset of a rule (nf_conntrack_tcp_set_closing)', () => {
  const expiresAfter = (state: 'CLOSE' | 'SYN_SENT2') => {
    const connection = { ...open, tcp: tcpFrom(state), expires: 5000 };
    stateAfter('NETFILTER_DROP', connection);
    return connection.expires;
  };
  assert.equal(expiresAfter('CLOSE'), 5000);
  assert.notEqual(expiresAfter('SYN_SENT2'), 5000);
});
