import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../furnish.ts';
import { must, Staged } from '../processes.ts';
import { CLIENT, SERVER_ADDRESSES } from './asked.ts';

/** Builds the client's network, and starts what answers in it. */
export async function raiseNetwork(): Promise<Staged> {
  must(['ip', '-batch', join(import.meta.dirname, 'network.ip')]);
  const inside = (place: string, lines: readonly string[]) =>
    must([...at(place), 'ip', '-batch', '-'], lines.map((line) => `${line}\n`).join(''));
  const up = (...devices: readonly string[]) => ['lo', ...devices].map((device) => `link set ${device} up`);
  inside('client', [...up('eth0'), `addr add ${CLIENT}/24 dev eth0`]);
  inside('router', [...up('eth0', 'eth1'), 'addr add 10.50.0.1/24 dev eth0', 'addr add 192.0.2.1/24 dev eth1']);
  inside('server', [...up('eth0'), ...SERVER_ADDRESSES.map((address) => `addr add ${address}/24 dev eth0`)]);
  inside('client', ['route add 192.0.2.0/24 via 10.50.0.1', 'route add 198.51.100.0/24 via 10.50.0.1']);
  inside('server', ['route add default via 192.0.2.1']);
  // the router's own errors; 198.51.100.3 has no route there
  inside('router', ['route add unreachable 198.51.100.1', 'route add prohibit 198.51.100.2']);
  must([...at('router'), 'sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv4.icmp_ratelimit=0']);
  must([...at('server'), 'sysctl', '-qw', 'net.ipv4.icmp_ratelimit=0']);
  must([...at('server'), 'nft', '-f', '-'], readFileSync(join(import.meta.dirname, 'server.nft'), 'utf8'));
  const server = new Staged([...at('server'), process.execPath, '--no-warnings', join(import.meta.dirname, 'servers.ts')]);
  await server.ready();
  return server;
}
