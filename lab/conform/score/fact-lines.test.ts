import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { Rule } from '../draw/rule.ts';
import { Stage } from '../stage/raise.ts';
import { factLines } from './fact-lines.ts';

/** A capture made by hand: one namespace with a rule, routes, a port and settings. */
const files: Readonly<Record<string, string>> = {
  'ip_-4_-d_-j_rule_show': '[{"priority":0,"src":"all","table":"local"},{"priority":4979,"src":"all","tos":"0x08","table":"135"}]',
  'ip_-4_-d_-j_route_show_table_all': '[{"dst":"default","gateway":"10.2.0.2","table":"main","metric":7},{"dst":"default","table":"135"}]',
  'ip_-d_-j_link_show':
    '[{"ifname":"lo"},{"ifname":"p2","linkinfo":{"info_slave_data":{"hairpin":true,"flood":true}}},{"ifname":"vx","flags":["BROADCAST"],"operstate":"DOWN"}]',
  'ip_-d_link_show_type_vxlan': '7: vx: <BROADCAST,MULTICAST> mtu 1450 state DOWN vxlan id 1 dstport 8472',
  'bridge_-d_-j_link_show': '[{"ifname":"p2","hairpin":true,"flood":true}]',
  proc_net_ip_vs: 'UDP  0A60000A:0035 wrr  \n  -> 0A020002:0050      Masq    1      0          0         \n',
  'sysctl_-a':
    'net.ipv4.conf.all.rp_filter = 2\nnet.ipv4.conf.r1.rp_filter = 0\nnet.ipv4.fib_multipath_hash_fields = 48\nnet.netfilter.nf_conntrack_tcp_be_liberal = 0\nnet.netfilter.nf_conntrack_tcp_ignore_invalid_rst = 0\n',
};
const folder = mkdtempSync(join(tmpdir(), 'facts-'));
mkdirSync(join(folder, 'r'));
const entries = Object.keys(files).map((name) => ({ file: `r/${name}`, scope: { netns: 's0r' } }));
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'r', name), text);
writeFileSync(join(folder, 'leadline.json'), JSON.stringify({ entries }));
test.after(() => rmSync(folder, { recursive: true }));

const found = (run: string) => {
  const rule: Rule = { form: 'line', in: 'r', by: ['route/x'], run };
  return factLines(folder, new Stage('s0'), [rule]).map(({ at, cited, without }) => [at, cited, without]);
};

test('a drawn command line is found where the capture tells what it did, with what the file says without it', () => {
  const [rules, routes] = ['r/ip_-4_-d_-j_rule_show#[1]', 'r/ip_-4_-d_-j_route_show_table_all#[0]'];
  assert.deepEqual(found('ip rule add tos 0x8 priority 4979 lookup 135'), [
    [rules, rules, { 'r/ip_-4_-d_-j_rule_show': { 1: '[{"priority":0,"src":"all","table":"local"}]' } }],
  ]);
  assert.deepEqual(found('ip route replace default via 10.2.0.2 metric 7'), [
    [routes, routes, { 'r/ip_-4_-d_-j_route_show_table_all': { 1: '[{"dst":"default","table":"135"}]' } }],
  ]);
  assert.deepEqual(found('sysctl -qw net.ipv4.conf.r1.rp_filter=0 net.ipv4.conf.all.rp_filter=2'), [
    ['r/sysctl_-a:1', 'r/sysctl_-a:1', { 'r/sysctl_-a': { 1: 'net.ipv4.conf.all.rp_filter = 0' } }],
  ]);
  assert.deepEqual(found('sysctl -qw net.ipv4.fib_multipath_hash_fields=48'), [
    ['r/sysctl_-a:3', 'r/sysctl_-a:3', { 'r/sysctl_-a': { 3: 'net.ipv4.fib_multipath_hash_fields = 7' } }],
  ]);
  // the lab lets all numbers pass where no rule minds them
  assert.deepEqual(found('sysctl -qw net.netfilter.nf_conntrack_tcp_be_liberal=0'), [
    ['r/sysctl_-a:4', 'r/sysctl_-a:4', { 'r/sysctl_-a': { 4: 'net.netfilter.nf_conntrack_tcp_be_liberal = 1' } }],
  ]);
  assert.deepEqual(found('sysctl -qw net.netfilter.nf_conntrack_tcp_ignore_invalid_rst=0'), [
    ['r/sysctl_-a:5', 'r/sysctl_-a:5', { 'r/sysctl_-a': { 5: 'net.netfilter.nf_conntrack_tcp_ignore_invalid_rst = 1' } }],
  ]);
});

test('a port is cited by its device, and its flag stands there and in the list of ports', () => {
  const device = 'r/ip_-d_-j_link_show#[1]';
  const without = {
    'r/bridge_-d_-j_link_show': { 1: '[{"ifname":"p2","hairpin":false,"flood":true}]' },
    'r/ip_-d_-j_link_show': {
      1: '[{"ifname":"lo"},{"ifname":"p2","linkinfo":{"info_slave_data":{"hairpin":false,"flood":true}}},{"ifname":"vx","flags":["BROADCAST"],"operstate":"DOWN"}]',
    },
  };
  assert.deepEqual(found('bridge link set dev p2 hairpin on'), [[`${device}.hairpin`, device, without]]);
});

test("a tunnel's device that is down is up in both lists that have it", () => {
  const ports = '{"ifname":"p2","linkinfo":{"info_slave_data":{"hairpin":true,"flood":true}}}';
  const up = '{"ifname":"vx","flags":["BROADCAST","UP","LOWER_UP"],"operstate":"UNKNOWN"}';
  const without = {
    'r/ip_-d_-j_link_show': { 1: `[{"ifname":"lo"},${ports},${up}]` },
    'r/ip_-d_link_show_type_vxlan': { 1: '7: vx: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 state UNKNOWN vxlan id 1 dstport 8472' },
  };
  assert.deepEqual(found('ip link set vx down'), [['r/ip_-d_link_show_type_vxlan:1', 'r/ip_-d_link_show_type_vxlan:1', without]]);
});

test('a virtual server goes with its real ones, one of these alone; the model cites the virtual one', () => {
  const [file, service] = ['r/proc_net_ip_vs', 'r/proc_net_ip_vs:1'];
  assert.deepEqual(found('ipvsadm -A -u 10.96.0.10:53 -s wrr'), [[service, service, { [file]: { 1: '', 2: '' } }]]);
  assert.deepEqual(found('ipvsadm -a -u 10.96.0.10:53 -r 10.2.0.2:80 -m -w 1'), [[`${file}:2`, service, { [file]: { 2: '' } }]]);
});

test('a device is read as if it were down', () => {
  const device = 'r/ip_-d_-j_link_show#[0]';
  const without = files['ip_-d_-j_link_show']?.replace('{"ifname":"lo"}', '{"ifname":"lo","flags":[],"operstate":"DOWN"}');
  assert.deepEqual(found('ip link add link u0 name lo type vlan id 3'), [[device, device, { 'r/ip_-d_-j_link_show': { 1: without } }]]);
});

test('what left nothing that is told is not found', () => {
  assert.deepEqual(found('ip route replace 203.0.113.7 via 10.2.0.2'), []);
  assert.deepEqual(found('ip nexthop add id 8040 via 10.2.0.2 dev r2'), []);
});
