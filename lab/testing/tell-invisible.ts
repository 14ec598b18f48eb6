import { mkdtempSync } from 'node:fs';
import { drawCluster } from '../draw/cluster.ts';
import { enterLab, isInside } from '../inside.ts';
import { runLines, settle } from '../play/lines.ts';
import { captureAll, leadline } from '../product.ts';
import { onSwitch } from '../vocabulary.ts';
import { buildWorld } from '../world/build.ts';
import { measureIn } from '../world/measure.ts';
import { iptablesBackends } from '../world/tools.ts';

/**
 * A switch that drops the tunnel's packets to one node: no captured machine can show it. Prints what real packets saw, and what
 * the product says of the captures with what a user would paste of it.
 */
async function tell(): Promise<number> {
  const world = await buildWorld(drawCluster('invisible', { backends: iptablesBackends() }));
  const { victim, peer } = world.cluster;
  const drop = `iptables -I FORWARD -p udp -d ${victim.address} --dport ${victim.vtep.port} -j DROP`;
  try {
    await runLines(world, [onSwitch('sysctl -qw net.bridge.bridge-nf-call-iptables=1'), onSwitch(drop)]);
    await settle(world);
    const [from, to] = [peer.pods[0], victim.pods[0]];
    const [seen] = await measureIn(world, [{ from: { pod: from.name }, to: to.address, protocol: 'icmp' }]);
    const archives = await captureAll(world, mkdtempSync('/run/invisible-'), ['--looks', '1']);
    const pasted = [
      `# ping -c3 -I ${from.address} ${to.address}`,
      `PING ${to.address} (${to.address}) from ${from.address} : 56(84) bytes of data.`,
      '',
      `--- ${to.address} ping statistics ---`,
      '3 packets transmitted, 0 received, 100% packet loss, time 2043ms',
      '',
    ].join('\n');
    const { stdout, stderr } = await leadline(['diagnose', ...archives, '--symptom', pasted, '-o', 'json']);
    process.stdout.write(
      `${JSON.stringify({ saw: seen?.observed, victim: victim.name, peer: peer.name, uplink: victim.uplink, said: JSON.parse(stdout || 'null'), stderr })}\n`,
    );
    return 0;
  } finally {
    await world.close();
  }
}

process.exit(isInside() ? await tell() : await enterLab(import.meta.url, []));
