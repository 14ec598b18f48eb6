import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded, recordedNames, type Userland } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import ipLink from '../ip-link/ip-link.ts';
import ipLinkJson from './ip-link-json.ts';

const PAIRS = [
  ['ip-link-show', 'ip-j-link-show'],
  ['ip-d-link-show', 'ip-d-j-link-show'],
  ['ip-link-show', 'ip-d-s-j-link-show'],
  ['ip-d-s-link-show', 'ip-d-j-link-show'],
  ['ip-o-link-show', 'ip-d-j-link-show'],
  ['ip-addr-show', 'ip-d-j-addr-show'],
  ['ip-d-addr-show', 'ip-j-addr-show'],
  ['pod1.ip-d-addr-show', 'pod1.ip-d-j-addr-show'],
] as const;

for (const userland of ['debian-11', 'debian-12', 'debian-13'] as const satisfies readonly Userland[]) {
  const names = recordedNames(userland);
  for (const [text, json] of PAIRS.filter((pair) => pair.every((name) => names.includes(name)))) {
    test(`${userland}: text and JSON tell the same: ${text}`, () => {
      const [one, other] = [parseRecorded(ipLink, userland, text), parseRecorded(ipLinkJson, userland, json)];
      assert.deepEqual([one.problems, other.problems], [[], []]);
      // the state of a port moves while the world is being recorded
      assert.ok(assertSameFacts('link', one, other, { except: ['port.state', 'carrier', 'operState'] }) > 200 || text.startsWith('pod1'));
      if (text.includes('addr')) assertSameFacts('address', one, other);
    });
  }
}

test('a device tells its peer, its bridge and its tunnel', () => {
  const links = byKey(parseRecorded(ipLinkJson, 'debian-12', 'ip-d-j-link-show'), 'link', ({ name }) => name);
  const veth = links.get('veth7c1e9a20');
  assert.deepEqual([veth?.peerIndex, veth?.peerNsid, veth?.peerName, veth?.master], [2, 1, null, 'cni0']);
  assert.equal(veth?.port?.hairpin, true);
  const near = links.get('spare0');
  assert.deepEqual([near?.peerName, near?.peerIndex, near?.peerNsid], ['spare1', links.get('spare1')?.index, null]);
  assert.deepEqual(links.get('flannel.1')?.vxlan, {
    vni: 1,
    local: '192.168.56.11',
    remote: null,
    group: null,
    dev: 'eth0',
    port: 8472,
    learning: false,
    external: false,
    df: 'unset',
    ttl: 0,
    tos: 0,
    proxy: false,
    l2miss: false,
    ageingSeconds: 300,
    localBypass: undefined,
  });
  assert.equal(links.get('cni0')?.bridge?.ageingSeconds, 300);
  assert.equal(links.get('tun0')?.mac, null);
  assert.equal(links.get('lo')?.type, 'loopback');
});

test('what is no list of devices is a problem, not a throw', () => {
  assert.equal(parseText(ipLinkJson, '[{"ifname":').problems.length, 1);
  assert.equal(parseText(ipLinkJson, '{}').problems.length, 1);
  assert.equal(parseText(ipLinkJson, '[{},1,null,{"ifname":"a","addr_info":[{"local":"x"}]}]').problems.length, 3);
});

test('a tunnel of IPv6 says otherwise that it inherits the traffic class', () => {
  // recorded: ip -d -j link show, iproute2 6.1.0, without what stands behind linkinfo
  const text = `[{"ifindex":7,"ifname":"t6","flags":["POINTOPOINT","NOARP"],"mtu":1452,"link_type":"tunnel6","promiscuity":0,"linkinfo":{"info_kind":"ip6tnl","info_data":{"proto":"any","remote":"fd00::2","local":"fd00::1","ttl":64,"encap_limit":4,"ip6_tnl_f_use_orig_tclass":true,"flowlabel":"0x00000"}}},
{"ifindex":8,"ifname":"t7","flags":["POINTOPOINT","NOARP"],"mtu":1452,"link_type":"tunnel6","promiscuity":0,"linkinfo":{"info_kind":"ip6tnl","info_data":{"proto":"any","remote":"fd00::3","local":"fd00::1","ttl":64,"encap_limit":4,"tclass":"0x20","flowlabel":"0x00000"}}}]`;
  const links = byKey(parseText(ipLinkJson, text), 'link', ({ name }) => name);
  assert.deepEqual(
    ['t6', 't7'].map((name) => links.get(name)?.tunnel?.tos),
    ['inherit', 0x20],
  );
});

test('a macvlan in mode source tells whose frames it takes', () => {
  // recorded: ip -d -j link show, iproute2 6.1.0 on Linux 6.1, without what stands behind linkinfo
  const text = `[{"ifindex":4,"link":"du0","ifname":"m0","flags":["BROADCAST","MULTICAST","M-DOWN"],"mtu":1500,"link_type":"ether","address":"0e:4d:e7:98:d7:54","broadcast":"ff:ff:ff:ff:ff:ff","promiscuity":0,"linkinfo":{"info_kind":"macvlan","info_data":{"mode":"source","bcqueuelen":1000,"usedbcqueuelen":1000,"macaddr_count":2,"macaddr_data":["02:00:00:00:00:0a","02:00:00:00:00:09"]}}}]`;
  const links = byKey(parseText(ipLinkJson, text), 'link', ({ name }) => name);
  const sources = ['02:00:00:00:00:0a', '02:00:00:00:00:09'];
  assert.deepEqual(links.get('m0')?.upper, { kind: 'macvlan', mode: 'source', sources, nodst: false });
  // recorded: the same of one made with `nodst`, and without a station
  const bare = text
    .replace('"bcqueuelen"', '"nodst":true,"bcqueuelen"')
    .replace(/"macaddr_count":2,"macaddr_data":\[[^\]]*\]/, '"macaddr_count":0');
  const { upper } = byKey(parseText(ipLinkJson, bare), 'link', ({ name }) => name).get('m0') ?? {};
  assert.deepEqual(upper, { kind: 'macvlan', mode: 'source', sources: [], nodst: true });
});

test('numbers of `ip -N -j` mean what the names mean', () => {
  // recorded: ip -N -j -d addr, iproute2 6.1.0, without what stands behind promiscuity
  const text = `[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"qdisc":"noqueue","operstate":"UNKNOWN","group":"0","txqlen":1000,"link_type":"[772]","address":"00:00:00:00:00:00","broadcast":"00:00:00:00:00:00","promiscuity":0,"addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"254","label":"lo"}]}]`;
  const parsed = parseText(ipLinkJson, text);
  const lo = byKey(parsed, 'link', ({ name }) => name).get('lo');
  assert.deepEqual([lo?.type, lo?.group], ['loopback', 'default']);
  assert.equal(byKey(parsed, 'address', ({ dev }) => dev).get('lo')?.scope, 'host');
});

test('where one address could not be read, what is not listed may be it', () => {
  const covers = (info: string) =>
    parseText(
      ipLinkJson,
      `[{"ifname":"lo","ifindex":1,"mtu":65536,"flags":["UP"],"link_type":"loopback","addr_info":[${info}]}]`,
    ).readings.find(({ kind }) => kind === 'address')?.covers;
  const read = '{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host","label":"lo"}';
  assert.equal(covers(read), true);
  assert.deepEqual(covers(`${read},{"family":"inet","local":"192.0.2.7"}`), []);
});

test('how many want a device promiscuous stands beside the flag, which is set by hand', () => {
  // recorded: ip -d -j link show br0 on Linux 6.18, a macvlan above it, without what stands behind linkinfo
  const text = `[{"ifindex":2,"ifname":"br0","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"link_type":"ether","address":"6a:6c:0a:bf:74:6d","promiscuity":1,"linkinfo":{"info_kind":"bridge","info_data":{"stp_state":0}}}]`;
  const { promiscuous, promiscuity } = byKey(parseText(ipLinkJson, text), 'link', ({ name }) => name).get('br0') ?? {};
  assert.deepEqual([promiscuous, promiscuity], [false, 1]);
});
