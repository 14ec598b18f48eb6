import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { whyNoTrace } from './can-trace.ts';
import { dropReader } from './drop.ts';
import { Places } from './places.ts';
import { isLoss, reasonsIn } from './reasons.ts';

/** What a reader in a mount namespace of its own finds there. */
const TRACEFS = { '': 'true', ' where tracefs is mounted already': 'mount -t tracefs tracefs /sys/kernel/tracing' };

for (const [where, mounted] of Object.entries(TRACEFS)) {
  test(`the trace says where and why a packet was lost, in six ways${where}`, { skip: whyNoTrace() ?? false }, () => {
    const own = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
    const setUp = `mount -t tmpfs tmpfs /run && mkdir /run/netns && ${mounted} && exec "$@"`;
    const argv = [...own, 'sh', '-c', setUp, 'sh', process.execPath, join(import.meta.dirname, 'six-ways.prove.ts')];
    const { status, stdout, stderr } = spawnSync('unshare', argv, { encoding: 'utf8', timeout: 300_000 });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /lost in six ways/);
  });
}

test('an inode belongs to the place that it was at the time', () => {
  const places = new Places();
  places.enter(7, 'old', 100n);
  places.enter(7, 'new', 200n);
  places.leave(7, 300n);
  assert.deepEqual(
    [50n, 100n, 199n, 200n, 299n, 300n].map((at) => places.nameAt(7, at)),
    [undefined, 'old', 'old', 'new', 'new', undefined],
  );
  assert.equal(places.nameAt(8, 100n), undefined);
});

test('reasons are read from the running kernel, not from a list of ours', () => {
  // hand-made, in the form of events/skb/kfree_skb/format
  const reasons = reasonsIn('reason: %s", __print_symbolic(REC->reason, { 2, "NOT_SPECIFIED" }, { 0x1d, "NO_TX_TARGET" })');
  assert.deepEqual(
    [...reasons],
    [
      [2, 'NOT_SPECIFIED'],
      [29, 'NO_TX_TARGET'],
    ],
  );
});

test('what is used up or purged is no loss', () => {
  assert.equal(isLoss('QUEUE_PURGE', 'skb_queue_purge_reason'), false);
  assert.equal(isLoss('NO_SOCKET', 'ping_rcv'), false);
  assert.equal(isLoss('NETFILTER_DROP', 'nft_do_chain'), true);
});

test('a VXLAN packet is read with what it carries', () => {
  const read = dropReader();
  assert.equal(read('I 5 1 10.244.1.10 10.244.2.20 2048 77 9 84'), undefined);
  const drop = read('D 5 4026532597 eth0 ip 17 192.168.56.11 192.168.56.12 40000 8472 1 134 12 nft_do_chain');
  assert.deepEqual(drop?.inner?.icmp, { type: 8, code: 0, id: 77 });
  assert.deepEqual(drop?.packet.ports, { from: 40000, to: 8472 });
  assert.equal(drop?.kernelFunction, 'nft_do_chain');
  assert.equal(read('D 6 0  arp 0 10.1.0.1 10.1.0.2 0 0 0 28 2 arp_process')?.device, '');
});
