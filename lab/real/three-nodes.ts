import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { withSbin } from './daemon.ts';

/** A place with a network and a mount namespace of its own, and an empty /run. */
export interface Place {
  readonly name: string;
  readonly within: readonly string[];
  readonly run: (...argv: string[]) => { readonly exit: number; readonly text: string };
}

/** Runs a command to its end; both streams as one text. */
export function run(argv: readonly string[], input = ''): { readonly exit: number; readonly text: string } {
  const [command = '', ...args] = argv;
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', input, timeout: 120_000, env: withSbin() });
  return { exit: status ?? -1, text: stdout + stderr };
}

/** Runs `ip` lines in one go, at the machine's or a place's network namespace; throws at the first that fails. */
export function ip(lines: string, within: readonly string[] = []): void {
  const { exit, text } = run([...within, 'ip', '-batch', '-'], lines);
  if (exit !== 0) throw new Error(text);
}

/** Makes a place; it ends with this process. */
export async function place(name: string): Promise<Place> {
  const holder = ['--net', '--mount', '--propagation', 'private', 'sh', '-c', 'mount -t tmpfs tmpfs /run && echo here && exec sleep 600'];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...holder], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.unref();
  child.stdout.destroy();
  ip(`netns attach ${name} ${child.pid}\n`);
  const within = ['nsenter', '--target', String(child.pid), '--net', '--mount'];
  return { name, within, run: (...argv) => run([...within, ...argv]) };
}

/** A switch with nodes n1, n2 … of 172.31.9.0/24 on it. */
export async function nodesOnSwitch(count: number): Promise<{ readonly hub: Place; readonly nodes: readonly Place[] }> {
  const hub = await place('hub');
  ip('link set lo up\nlink add br0 type bridge\naddr add 172.31.9.100/24 dev br0\nlink set br0 up\n', hub.within);
  const nodes: Place[] = [];
  for (let number = 1; number <= count; number++) {
    const node = await place(`n${number}`);
    ip(`link add eth0 netns n${number} type veth peer name n${number} netns hub\n`);
    ip(`link set n${number} master br0 up\n`, hub.within);
    ip(`link set lo up\naddr add 172.31.9.${number}/24 dev eth0\nlink set eth0 up\nroute add default via 172.31.9.100\n`, node.within);
    node.run('sysctl', '-qw', 'net.ipv4.ip_forward=1');
    nodes.push(node);
  }
  return { hub, nodes };
}

/** A pod on a node whose subnet flanneld chose: cni0 and one address, .10. */
export async function pod(node: Place, subnet: string, mtu: string): Promise<Place & { readonly address: string }> {
  const gateway = subnet.replace(/\/.*/, '');
  const address = gateway.replace(/\d+$/, '10');
  const name = `p${node.name}`;
  const made = await place(name);
  ip(`link add eth0 mtu ${mtu} netns ${name} type veth peer name veth0 mtu ${mtu} netns ${node.name}\n`);
  ip(`link add cni0 mtu ${mtu} type bridge\naddr add ${subnet} dev cni0\nlink set cni0 up\nlink set veth0 master cni0 up\n`, node.within);
  ip(`link set lo up\naddr add ${address}/24 dev eth0\nlink set eth0 up\nroute add default via ${gateway}\n`, made.within);
  return { ...made, address };
}
