import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Etcd, type Event } from './etcd.ts';
import { addPeer, addressOf, defaultDevice, dressVtep, dropVtep, hasDevice, makeVtep, removePeer, type Vtep, vtepNow } from './kernel.ts';
import { keyOfSubnet, type Lease, leaseValue, type NetworkConfig, readConfig, readLease } from './lease.ts';
import { log } from './log.ts';
import type { Options } from './options.ts';
import { bootstrap, resync, wantedTables } from './rules.ts';
import { pickSubnet } from './subnet.ts';

const LEASE_SECONDS = 86_400;
const RESYNC_MS = 5000;
const WATCH_DEVICE_MS = 250;

type Started = { readonly config: NetworkConfig; readonly device: string; readonly own: Lease };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs flanneld until it must end; the answer is its exit code. `resumed` joins a cluster that an earlier run of it had set up. */
export async function runDaemon(options: Options, resumed: boolean, ready: () => void): Promise<number> {
  const etcd = new Etcd(options.endpoint);
  const config = await networkConfig(etcd, options);
  const device = `flannel.${config.vni}`;
  const uplink = options.iface === '' ? await defaultDevice() : options.iface;
  if (uplink === undefined)
    return giveUp(
      'main.go:325',
      'Failed to find any valid interface to use: failed to get default interface: unable to find default route',
    );
  const address = await addressOf(uplink);
  if (address === undefined)
    return giveUp('main.go:364', 'Failed to find interface to use that matches the interfaces and/or regexes provided', uplink);
  log('I', 'match.go:269', `Using interface with name ${uplink} and address ${address}`);
  const publicIp = options.publicIp === '' ? address : options.publicIp;
  const own = resumed ? await existing(etcd, options, publicIp) : undefined;
  const started = { config, device, own: own ?? (await register(etcd, options, config, { device, uplink, address, publicIp })) };
  return serve(etcd, options, started, own === undefined, ready);
}

function giveUp(place: string, text: string, uplink?: string): number {
  if (uplink !== undefined)
    log(
      'I',
      'main.go:333',
      `Could not find valid interface matching ${uplink}: error looking up interface ${uplink}: route ip+net: no such network interface`,
    );
  log('E', place, text);
  return 1;
}

/** Asks until there is an answer: an etcd that does not answer is waited for in silence. */
async function networkConfig(etcd: Etcd, { prefix }: Options): Promise<NetworkConfig> {
  for (;;) {
    try {
      const text = await etcd.get(`${prefix}/config`);
      if (text !== undefined) {
        log('I', 'main.go:534', 'Found network config - Backend type: vxlan');
        return readConfig(text);
      }
      log(
        'E',
        'main.go:530',
        "Couldn't fetch network config: flannel config not found in etcd store. Did you create your config using etcdv3 API?",
      );
    } catch {
      // etcd's client tries again by itself and says nothing
    }
    await pause(1000);
  }
}

async function leases(etcd: Etcd, { prefix }: Options): Promise<readonly Lease[]> {
  const { keys } = await etcd.list(`${prefix}/subnets/`);
  return keys.flatMap(({ key, value }) => readLease(key, value) ?? []);
}

async function existing(etcd: Etcd, options: Options, publicIp: string): Promise<Lease | undefined> {
  return (await leases(etcd, options)).find((lease) => lease.publicIp === publicIp);
}

type Here = { readonly device: string; readonly uplink: string; readonly address: string; readonly publicIp: string };

async function register(etcd: Etcd, options: Options, config: NetworkConfig, here: Here): Promise<Lease> {
  const vtep = await ensureVtep(config, here);
  const known = await leases(etcd, options);
  const previous = previousSubnet(options);
  const found = known.find((lease) => lease.publicIp === here.publicIp);
  const subnet =
    found?.subnet ??
    pickSubnet(
      config,
      known.map((lease) => lease.subnet),
      previous,
    );
  if (found !== undefined)
    log('I', 'local_manager.go:158', `Found lease (ip: ${subnet} ipv6: ::/0) for current IP (${here.publicIp}), reusing`);
  else {
    if (subnet === previous) log('I', 'local_manager.go:189', `Found previously leased subnet (${subnet}), reusing`);
    log('I', 'local_manager.go:209', `Allocated lease (ip: ${subnet} ipv6: ::/0) to current node (${here.publicIp}) `);
  }
  const own: Lease = { subnet, publicIp: here.publicIp, vtepMac: vtep.mac, vni: config.vni };
  await etcd.register(keyOfSubnet(options.prefix, subnet), leaseValue(own), LEASE_SECONDS);
  await dressVtep(here.device, subnet.split('/')[0] ?? '');
  log('I', 'iptables.go:50', 'Starting flannel in iptables mode...');
  await bootstrap(wantedTables(options, config.network, subnet));
  writeSubnetFile(options, config, subnet);
  return own;
}

/** Keeps a device that fits; one that does not is made anew, with a MAC that nobody knows yet. */
async function ensureVtep(config: NetworkConfig, { device, uplink, address }: Here): Promise<Vtep> {
  const now = await vtepNow(device);
  if (now !== undefined) {
    log('I', 'device.go:89', 'VXLAN device already exists');
    const differs = incompatibility(now, config, address);
    if (differs === undefined) {
      log('I', 'device.go:97', 'Returning existing device');
      return now;
    }
    log('W', 'device.go:102', `"${device}" already exists with incompatible configuration: ${differs}; recreating device`);
    await dropVtep(device);
  }
  await makeVtep(device, config, address, uplink);
  const made = await vtepNow(device);
  if (made === undefined) throw new Error(`could not create ${device}`);
  return made;
}

function incompatibility(now: Vtep, { vni, port }: NetworkConfig, address: string): string | undefined {
  if (now.vni !== vni) return `vni: ${now.vni} vs ${vni}`;
  if (now.local !== address) return `vtep (external) IP: ${now.local} vs ${address}`;
  return now.port === port ? undefined : `port: ${now.port} vs ${port}`;
}

function previousSubnet({ subnetFile }: Options): string | undefined {
  try {
    const [, gateway = '', length = ''] = /^FLANNEL_SUBNET=([\d.]+)\/(\d+)$/m.exec(readFileSync(subnetFile, 'utf8')) ?? [];
    return gateway === '' ? undefined : `${gateway.replace(/(\d+)$/, (last) => `${Number(last) - 1}`)}/${length}`;
  } catch {
    return undefined;
  }
}

function writeSubnetFile({ subnetFile, ipMasq }: Options, { network }: NetworkConfig, subnet: string): void {
  const [address = '', length] = subnet.split('/');
  const gateway = address.replace(/(\d+)$/, (last) => `${Number(last) + 1}`);
  mkdirSync(dirname(subnetFile), { recursive: true });
  writeFileSync(
    `${subnetFile}.new`,
    `FLANNEL_NETWORK=${network}\nFLANNEL_SUBNET=${gateway}/${length}\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=${ipMasq}\n`,
  );
  renameSync(`${subnetFile}.new`, subnetFile);
  log('I', 'main.go:478', `Wrote subnet file to ${subnetFile}`);
}

/** Follows the leases, mends its rules, and ends when its own lease or its device goes. */
async function serve(etcd: Etcd, options: Options, { config, device, own }: Started, fresh: boolean, ready: () => void): Promise<number> {
  const subnets = `${options.prefix}/subnets/`;
  const { keys, revision } = await etcd.list(subnets);
  const peers = new Map<string, Lease>();
  for (const { key, value } of keys) {
    const lease = readLease(key, value);
    if (lease === undefined || lease.subnet === own.subnet) continue;
    peers.set(key, lease);
    if (fresh) await announce(device, lease);
  }
  log('I', 'vxlan_network.go:68', 'watching for new subnet leases');
  const tables = wantedTables(options, config.network, own.subnet);
  const timer = setInterval(() => void resync(tables), RESYNC_MS);
  const code = await new Promise<number>((end) => {
    let queue = Promise.resolve();
    const tell = (event: Event): void => {
      queue = queue.then(() => react(event, { device, own, peers, ownKey: keyOfSubnet(options.prefix, own.subnet), end }));
    };
    etcd.follow(subnets, revision + 1, tell, ready);
    setInterval(() => void (hasDevice(device) || deviceGone(device, end)), WATCH_DEVICE_MS);
  });
  clearInterval(timer);
  return code;
}

type Watching = {
  readonly device: string;
  readonly own: Lease;
  readonly peers: Map<string, Lease>;
  readonly ownKey: string;
  readonly end: (code: number) => void;
};

async function announce(device: string, lease: Lease): Promise<void> {
  const next = lease.subnet.split('/')[0];
  log('I', 'vxlan_network.go:350', `adding subnet: ${lease.subnet} PublicIP: ${lease.publicIp} VtepMAC: ${lease.vtepMac}`);
  log('I', 'device.go:232', `calling AddARP: ${next}, ${lease.vtepMac}`);
  log('I', 'device.go:186', `calling AddFDB: ${lease.publicIp}, ${lease.vtepMac}`);
  await addPeer(device, lease);
}

async function react({ type, key, value, revision }: Event, { device, peers, ownKey, end }: Watching): Promise<void> {
  log('I', 'registry.go:336', `watchSubnets: got valid subnet event with revision ${revision}`);
  if (key === ownKey) {
    if (type === 'PUT') return; // its own lease may say what it will: it neither repairs nor warns
    log('E', 'local_manager.go:402', 'Lease has been revoked. Shutting down daemon.');
    log('I', 'main.go:506', 'Exiting cleanly...');
    end(0);
    return;
  }
  const lease = type === 'PUT' ? readLease(key, value) : peers.get(key);
  if (lease === undefined) return;
  if (type === 'PUT') {
    peers.set(key, lease);
    await announce(device, lease);
    return;
  }
  peers.delete(key);
  log('I', 'vxlan_network.go:459', `removing subnet: ${lease.subnet} PublicIP: ${lease.publicIp} VtepMAC: ${lease.vtepMac}`);
  await removePeer(device, lease);
}

/** flannel v0.28.4 means to make the device again, and panics. */
function deviceGone(device: string, end: (code: number) => void): void {
  log('I', 'vxlan_network.go:143', `Interface ${device} deleted`);
  log('I', 'vxlan_network.go:102', 'vxlan device missing, attempting to recreate...');
  process.stderr.write('panic: runtime error: index out of range [0] with length 0\n');
  end(2);
}
