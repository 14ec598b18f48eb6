import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFacts } from '#parsers/read';
import { recordedNames, recordedText, USERLANDS } from '#testing/recorded-tools';
import { snapshotOf } from '../archive/archive.ts';
import { importPiles } from './import.ts';

/** What an output is by the command in its header, first match first. */
const IS: readonly (readonly [RegExp, string])[] = [
  [/ping .*& .*tcpdump/, 'ping'],
  [/^ping /, 'ping'],
  [/^tcpdump /, 'tcpdump'],
  [/telnet /, 'telnet'],
  [/^curl -v /, 'curl'],
  [/^curl .*version/, 'unused-output'],
  [/^curl /, 'etcd'],
  [/^ETCDCTL_API=3 etcdctl version$/, 'unused-output'],
  [/etcdctl .*(?:endpoint health|cluster-health|--version$|member list$|member list -w (?:simple|table)|endpoint status)/, 'unused-output'],
  [/etcdctl .*\| od/, 'unused-output'],
  [/etcdctl .*get \/coreos\.com\/network\/config$/, 'net-conf'],
  [/etcdctl/, 'etcd'],
  [/^(?:ip6?tables-legacy|ip6?tables) .* -S/, 'iptables-rules'],
  [/^ip6?tables(?:-legacy|-nft)?-save/, 'iptables-save'],
  [/^ip6?tables/, 'iptables-list'],
  [/^nft (?:-\w )*-j /, 'nft-ruleset-json'],
  [/^nft /, 'nft-ruleset'],
  [/^brctl showmacs/, 'brctl-showmacs'],
  [/^brctl showstp/, 'brctl-showstp'],
  [/^brctl show/, 'brctl-show'],
  [/^bridge .*mdb/, 'unused-output'],
  [/^bridge .*vlan/, 'bridge-vlan'],
  [/^bridge .*-j fdb/, 'bridge-fdb-json'],
  [/^bridge .*fdb/, 'bridge-fdb'],
  [/^bridge .*-j link/, 'bridge-link-json'],
  [/^bridge .*link/, 'bridge-link'],
  [/^ip .*nexthop/, 'nexthops'],
  [/^ip -br/, 'ip-brief'],
  [/^ip .*-j (?:link|addr)/, 'ip-link-json'],
  [/^ip .*(?:link|addr)/, 'ip-link'],
  [/^ip .*-j route show table 777/, 'ip-route'],
  [/^ip .*-j route/, 'ip-route-json'],
  [/^ip .*route/, 'ip-route'],
  [/^ip .*-j rule/, 'ip-rule-json'],
  [/^ip .*rule/, 'ip-rule'],
  [/^ip .*-j neigh/, 'ip-neigh-json'],
  [/^ip .*neigh/, 'ip-neigh'],
  [/^cat \/proc\/net\/(?:fib_triestat|protocols|sockstat|softnet_stat|stat\/rt_cache)/, 'unused-output'],
  [/^cat \/proc\/net\/arp/, 'proc-net-arp'],
  [/^cat \/proc\/net\/dev/, 'proc-net-dev'],
  [/^cat \/proc\/net\/fib_trie/, 'proc-net-fib-trie'],
  [/^cat \/proc\/net\/if_inet6/, 'proc-net-if-inet6'],
  [/^cat \/proc\/net\/ipv6_route/, 'proc-net-ipv6-route'],
  [/^cat \/proc\/net\/(?:route|rt_cache)/, 'proc-net-route'],
  [/^cat \/proc\/net\/(?:netstat|snmp)$/, 'proc-snmp'],
  [/^cat \/proc\/net\/snmp6/, 'proc-snmp6'],
  [/^cat \/proc\/net\/nf_conntrack/, 'conntrack'],
  [/^cat \/proc\/net\/stat\/nf_conntrack/, 'conntrack-stats'],
  [/^cat \/proc\/net\/(?:tcp|udp)6?/, 'proc-sockets'],
  [/^conntrack -C/, 'conntrack-count'],
  [/^conntrack -S/, 'conntrack-stats'],
  [/^conntrack -L/, 'conntrack'],
  [/^arp /, 'arp'],
  [/^ifconfig/, 'ifconfig'],
  [/^netstat -i/, 'unused-output'],
  [/^netstat -s/, 'netstat-s'],
  [/^(?:netstat -rn|route )/, 'route-table'],
  [/^netstat/, 'netstat'],
  [/^nstat/, 'nstat'],
  [/^ss -s/, 'unused-output'],
  [/^ss /, 'ss'],
  [/^sysctl/, 'sysctl'],
];

/** Outputs that are taken for something else, with the reason. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    'etcdctl-v3-endpoint-status-w-fields': 'etcd', // etcdctl's fields look alike whatever was asked
    'etcdctl-v3-2399-dial-timeout-1s-command-timeout-1s-endpoint-health': 'log', // etcdctl logs, and says nothing else
  }),
);

const commandOf = (text: string): string => /^# command: (.*)$/m.exec(text)?.[1] ?? '';

describe('an import of recorded outputs', () => {
  for (const userland of USERLANDS) {
    it(`takes each output of ${userland} for what it is, by its content`, () => {
      const names = recordedNames(userland);
      const files = names.map((name) => ({ folders: [], name: `${name}.txt`, content: Buffer.from(recordedText(userland, name)) }));
      const { archive, ignored } = importPiles([{ name: userland, isFolder: true, files }], 'A', '0');
      assert.deepEqual(ignored, []);
      const { formats } = readFacts(snapshotOf(archive));
      const wrong = names.flatMap((name) => {
        const taken = formats.filter(({ file }) => file === `${userland}/${name}.txt`).map(({ format }) => format);
        const command = commandOf(recordedText(userland, name));
        const expected = EXCEPTIONS.get(name) ?? IS.find(([pattern]) => pattern.test(command))?.[1];
        return taken.length === 1 && taken[0] === expected ? [] : [`${command}: ${taken.join() || 'nothing'}, not ${expected}`];
      });
      assert.deepEqual(wrong, []);
    });
  }
});
