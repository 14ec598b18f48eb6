import assert from 'node:assert/strict';
import test from 'node:test';
import type { Action, ActionDefinition } from '#change/change';
import type { Facts } from '#facts/facts';
import type { FactOf, KindId } from '#facts/kinds';
import { plainRoute } from '#facts/route/own-routes';
import type { Scope } from '#snapshot/scope';
import { cluster } from '#testing/world-builder';
import address, { addAddress, deleteAddress } from './address/preview.ts';
import iptablesRule, { deleteRule } from './iptables-rule/preview.ts';
import link, { setLinkMaster, setLinkUp } from './link/preview.ts';
import route, { addRoute, replaceRoute } from './route/preview.ts';
import policyRule, { addPolicyRule, deletePolicyRule } from './rule/preview.ts';
import sysctl, { keepSysctl, setSysctl } from './sysctl/preview.ts';

const built = cluster();
const { scope, uplink, vtep, bridge } = built.node('D');
const pod = built.pod('D');

function after<P>(definition: ActionDefinition<P>, action: Action<P>, facts: Facts = built.facts): Facts {
  const preview = definition.preview(facts, action);
  assert.equal(preview.is, 'facts');
  return preview.is === 'facts' ? preview.facts : facts;
}

function all<K extends KindId>(facts: Facts, kind: K, at: Scope): readonly FactOf<K>[] {
  const seen = facts.seen(kind, at);
  assert.equal(seen.is, 'seen');
  return seen.is === 'seen' ? seen.value : [];
}

test('ip_forward takes every device along, and turns redirects the other way', () => {
  const facts = after(sysctl, setSysctl(scope, 'net.ipv4.ip_forward', '0'));
  const forwarding = all(facts, 'sysctl', scope).filter(({ name }) => /^net\.ipv4\.(ip_forward$|conf\..*\.forwarding)/.test(name));
  assert.ok(forwarding.length > 5 && forwarding.every(({ value }) => value === '0'));
  const same = after(
    sysctl,
    setSysctl(scope, 'net.ipv4.ip_forward', '1'),
    built.sysctl(scope, `net.ipv4.conf.${bridge}.forwarding`, 0).facts,
  );
  const own = all(same, 'sysctl', scope).find(({ name }) => name === `net.ipv4.conf.${bridge}.forwarding`);
  assert.equal(own?.value, '0', 'a value that does not change sets nothing off');
});

test('a kept setting goes into a file that boot reads last, and nothing changes now', () => {
  const facts = after(sysctl, keepSysctl(built.facts, 'D', 'net.ipv4.ip_forward', '1'));
  assert.ok(all(facts, 'sysctl-file', scope).some(({ path }) => path === '/etc/sysctl.d/99-zz-leadline.conf'));
  assert.equal(facts.partition('sysctl', scope), built.facts.partition('sysctl', scope));
});

test('a device that goes down loses its routes and neighbours but keeps its local address', () => {
  const facts = after(link, setLinkUp(scope, vtep.device, false));
  const routes = all(facts, 'route', scope).filter(({ hops }) => hops.some(({ dev }) => dev === vtep.device));
  assert.deepEqual(
    routes.map(({ type }) => type),
    ['local'],
  );
  assert.ok(all(facts, 'neighbour', scope).every(({ dev }) => dev !== vtep.device));
  const up = after(link, setLinkUp(scope, vtep.device), facts);
  assert.deepEqual(all(up, 'route', scope).filter(({ hops }) => hops.some(({ dev }) => dev === vtep.device)).length, 1);
});

test('a veth that goes down takes the carrier of its other end', () => {
  const facts = after(link, setLinkUp(scope, pod.veth, false));
  const other = all(facts, 'link', pod.scope).find(({ name }) => name === pod.device);
  assert.deepEqual([other?.up, other?.carrier], [true, false]);
});

test('an uplink that comes back has the routes of its addresses, and no default route', () => {
  const down = after(link, setLinkUp(scope, uplink, false));
  const up = after(link, setLinkUp(scope, uplink), down);
  const prefixes = all(up, 'route', scope).filter(({ table, hops }) => table === 'main' && hops.some(({ dev }) => dev === uplink));
  assert.deepEqual(
    prefixes.map(({ to }) => to),
    ['192.168.1.0/24'],
  );
});

test('a fresh port of a bridge forwards, and its own address is in the table', () => {
  const off = after(link, setLinkMaster(scope, pod.veth, null));
  assert.ok(all(off, 'fdb', scope).every(({ dev }) => dev !== pod.veth));
  const on = after(link, setLinkMaster(scope, pod.veth, bridge), off);
  const port = all(on, 'link', scope).find(({ name }) => name === pod.veth);
  assert.deepEqual([port?.master, port?.port?.state, port?.port?.hairpin], [bridge, 'forwarding', false]);
  assert.ok(all(on, 'fdb', scope).some(({ dev, mac, local }) => dev === pod.veth && mac === pod.vethMac && local === true));
});

test('an address brings its routes and takes them away again', () => {
  const one = built.node('A').gateway;
  const action = addAddress(pod.scope, pod.device, one, 24);
  const added = after(address, action);
  assert.equal(all(added, 'route', pod.scope).length, all(built.facts, 'route', pod.scope).length + 3);
  const removed = after(address, deleteAddress(pod.scope, pod.device, one, 24), added);
  assert.deepEqual(all(removed, 'route', pod.scope), all(built.facts, 'route', pod.scope));
});

test('a route that is there is not added, but replaced whatever its type', () => {
  const { subnet } = built.node('A');
  assert.equal(route.preview(built.facts, addRoute(scope, plainRoute(subnet, uplink))).is, 'unknown');
  const facts = after(route, replaceRoute(scope, plainRoute(subnet, null, { type: 'blackhole' })));
  assert.deepEqual(
    all(facts, 'route', scope)
      .filter(({ to }) => to === subnet)
      .map(({ type }) => type),
    ['blackhole'],
  );
});

test('a rule that is not at its place is not deleted', () => {
  const [table] = all(built.facts, 'iptables', scope).filter((one) => one.table === 'filter');
  const [first, second] = table?.chains.find(({ name }) => name === 'FORWARD')?.rules ?? [];
  assert.ok(table !== undefined && first !== undefined && second !== undefined);
  assert.equal(iptablesRule.preview(built.facts, deleteRule(scope, table, 'FORWARD', 2, first)).is, 'unknown');
  const left = all(after(iptablesRule, deleteRule(scope, table, 'FORWARD', 1, first)), 'iptables', scope).find(
    (one) => one.table === 'filter',
  );
  assert.equal(left?.chains.find(({ name }) => name === 'FORWARD')?.rules[0]?.text, second.text);
});

test('a policy rule is added once and taken away again', () => {
  const [main] = all(built.facts, 'rule', scope).filter(({ priority }) => priority === 32766);
  assert.ok(main !== undefined);
  const vpn = { ...main, priority: 5270, action: { does: 'lookup', table: '52' } } as const;
  const added = after(policyRule, addPolicyRule(scope, vpn));
  assert.equal(all(added, 'rule', scope).length, all(built.facts, 'rule', scope).length + 1);
  assert.equal(policyRule.preview(added, addPolicyRule(scope, vpn)).is, 'unknown', 'the kernel says that it exists');
  assert.deepEqual(policyRule.diff(added, deletePolicyRule(scope, vpn)), ['- 5270: from all lookup 52']);
  assert.equal(all(after(policyRule, deletePolicyRule(scope, vpn), added), 'rule', scope).length, all(built.facts, 'rule', scope).length);
  assert.equal(policyRule.preview(built.facts, deletePolicyRule(scope, vpn)).is, 'unknown');
});
