import type { Facts, Partition } from '#facts/facts';
import { notCollected } from '#facts/facts';
import type { Link } from '#facts/link/link';
import type { FactOf, KindId } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import type { Scope } from '#snapshot/scope';
import { type AddressTable, addressTable } from './addresses.ts';
import { conntrackTable, listenerTable } from './connections.ts';
import { ipsetTable } from './ipsets.ts';
import { iptablesTables } from './iptables.ts';
import { ipvsConnectionTable, ipvsServiceTable } from './ipvs.ts';
import { type LinkTable, linkTable } from './links.ts';
import {
  deviceOrder,
  groupTable,
  hashlimitTable,
  packetQueueTable,
  pathMtuTable,
  redirectTable,
  qdiscTable,
  vlanTable,
  wireguardTable,
} from './devices.ts';
import { fdbTable, neighbourTable, proxyTable } from './neighbours.ts';
import { nexthopTable } from './nexthops.ts';
import { nftTables } from './nft.ts';
import { recentMasks, recentTable } from './recent-lists.ts';
import { cite, type Citation, type Known, knownOf } from './reading.ts';
import { localTable, routeTables } from './routes.ts';
import { ruleTable } from './rules.ts';
import { connectedTable, listedProtocols } from './sockets.ts';
import { deviceSetting, sysctlTable } from './sysctls.ts';

/** One network stack: the tables of one namespace, each built when first asked for. */
export class Stack {
  readonly scope: Scope;
  /** How state and maps name it. */
  readonly key: string;
  readonly #facts: Facts;
  readonly #tables = new Map<string, unknown>();
  readonly #citations = new Map<object, Citation>();
  readonly #places = new Map<object, Map<Origin, Citation>>();
  readonly #settings = new Map<string, Map<string, FactOf<'sysctl'> | undefined>>();

  constructor(facts: Facts, scope: Scope) {
    this.#facts = facts;
    this.scope = scope;
    this.key = `${scope.node}\0${scope.netns}`;
  }

  #known<K extends KindId, T>(name: string, kind: K, table: (partition: Partition<K>) => T, scope = this.scope): Known<K, T> {
    let known = this.#tables.get(name) as Known<K, T> | undefined;
    if (known === undefined) {
      known = knownOf(kind, scope, this.#facts.partition(kind, scope), notCollected(kind, scope), table);
      this.#tables.set(name, known);
    }
    return known;
  }

  get links(): Known<'link', LinkTable> {
    return this.#known('link', 'link', linkTable);
  }

  get addresses(): Known<'address', AddressTable> {
    return this.#known('address', 'address', addressTable);
  }

  get routes() {
    return this.#known('route', 'route', routeTables);
  }

  /** Table `local` as the addresses make it, for readings that left it out. */
  get derivedLocal() {
    return this.#known('local', 'address', localTable);
  }

  /** Next hop objects by number. */
  get nexthops() {
    return this.#known('nexthop', 'nexthop', nexthopTable);
  }

  /** Path MTUs that were learnt before the reading, by destination. */
  get pathMtus() {
    return this.#known('path-mtu', 'path-mtu', pathMtuTable);
  }

  /** Gateways that ICMP redirects named before the reading, by destination. */
  get redirects() {
    return this.#known('redirects', 'path-mtu', redirectTable);
  }

  get rules() {
    return this.#known('rule', 'rule', ruleTable);
  }

  get neighbours() {
    return this.#known('neighbour', 'neighbour', neighbourTable);
  }

  /** Addresses that ARP and ND are answered for in place of others, as `device address`. */
  get proxies() {
    return this.#known('proxy', 'neighbour', proxyTable);
  }

  /** The VLANs of bridge ports. */
  get vlans() {
    return this.#known('bridge-vlan', 'bridge-vlan', vlanTable);
  }

  /** Multicast groups, as `device group`. */
  get groups() {
    return this.#known('group-membership', 'group-membership', groupTable);
  }

  /** Devices as the kernel goes through them, as far as that was told. */
  get deviceOrder() {
    return this.#known('device-order', 'group-membership', deviceOrder);
  }

  /** What hangs at the entrance and exit of devices. */
  get qdiscs() {
    return this.#known('qdisc', 'qdisc', qdiscTable);
  }

  get wireguard() {
    return this.#known('wireguard', 'wireguard', wireguardTable);
  }

  /** The release of the node's kernel, where it was read. */
  get kernel(): string | undefined {
    const host = this.#facts.seen('host', { node: this.scope.node, netns: '' });
    return host.is === 'seen' ? host.value[0]?.kernel : undefined;
  }

  get fdb() {
    return this.#known('fdb', 'fdb', fdbTable);
  }

  get sysctls() {
    return this.#known('sysctl', 'sysctl', sysctlTable);
  }

  /** The settings of the machine's first namespace, which alone lists what is set for all. */
  get machineSysctls() {
    return this.#known('machine sysctl', 'sysctl', sysctlTable, { node: this.scope.node, netns: '' });
  }

  get iptables() {
    return this.#known('iptables', 'iptables', iptablesTables);
  }

  get ipsets() {
    return this.#known('ipset', 'ipset', ipsetTable);
  }

  /** Addresses that `-m recent` remembers, by list. */
  get recentLists() {
    return this.#known('recent-address', 'recent-address', recentTable);
  }

  /** The masks that rules give those lists. */
  get recentMasks() {
    return this.#known('recent-masks', 'iptables', recentMasks);
  }

  /** What `-m hashlimit` has saved up. */
  get hashlimits() {
    return this.#known('hashlimit-bucket', 'hashlimit-bucket', hashlimitTable);
  }

  /** Queues of packets that programs listen to, by number. */
  get packetQueues() {
    return this.#known('packet-queue', 'packet-queue', packetQueueTable);
  }

  /** Virtual servers of IPVS. */
  get ipvsServices() {
    return this.#known('ipvs-service', 'ipvs-service', ipvsServiceTable);
  }

  get ipvsConnections() {
    return this.#known('ipvs-connection', 'ipvs-connection', ipvsConnectionTable);
  }

  get nft() {
    return this.#known('nft', 'nft', nftTables);
  }

  get connections() {
    return this.#known('conntrack', 'conntrack', conntrackTable);
  }

  /** Sockets that are bound to one peer. */
  get connected() {
    return this.#known('connected', 'socket', connectedTable);
  }

  get listeners() {
    return this.#known('socket', 'socket', listenerTable);
  }

  /** Protocols beside TCP and UDP whose listeners are among them. */
  get listedProtocols() {
    return this.#known('listed-protocol', 'listed-protocol', listedProtocols);
  }

  link(name: string): Link | undefined {
    return this.links.is === 'seen' ? this.links.table.byName.get(name) : undefined;
  }

  /** A setting of the namespace; `undefined` when it was not read. */
  sysctl(name: string): FactOf<'sysctl'> | undefined {
    return this.sysctls.is === 'seen' ? this.sysctls.table.get(name) : undefined;
  }

  /** A setting of one device; a form that writes the dots of its name as they are is understood too. */
  deviceSysctl(device: string, name: string): FactOf<'sysctl'> | undefined {
    let own = this.#settings.get(device);
    if (own === undefined) {
      own = new Map();
      this.#settings.set(device, own);
    }
    if (own.has(name)) return own.get(name);
    const found =
      this.sysctl(deviceSetting(device, name)) ?? (device.includes('.') ? this.sysctl(`net.ipv4.conf.${device}.${name}`) : undefined);
    own.set(name, found);
    return found;
  }

  /** The same of IPv6. */
  deviceSysctl6(device: string, name: string): FactOf<'sysctl'> | undefined {
    const own = `net.ipv6.conf.${device.replaceAll('.', '/')}.${name}`;
    return this.sysctl(own) ?? (device.includes('.') ? this.sysctl(`net.ipv6.conf.${device}.${name}`) : undefined);
  }

  cite<K extends KindId>(kind: K, fact: FactOf<K>): Citation {
    let citation = this.#citations.get(fact);
    if (citation === undefined) {
      citation = cite(kind, this.scope, fact);
      this.#citations.set(fact, citation);
    }
    return citation;
  }

  /** A citation of one place in a fact: of a rule in its table. */
  citeAt<K extends KindId>(kind: K, fact: FactOf<K>, origin: Origin): Citation {
    let places = this.#places.get(fact);
    if (places === undefined) {
      places = new Map();
      this.#places.set(fact, places);
    }
    let citation = places.get(origin);
    if (citation === undefined) {
      citation = { ...this.cite(kind, fact), origin };
      places.set(origin, citation);
    }
    return citation;
  }
}
