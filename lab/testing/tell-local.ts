import { drawCluster } from '../draw/cluster.ts';
import { enterLab, isInside } from '../inside.ts';
import { runLines, settle } from '../play/lines.ts';
import { sightingText } from '../play/sightings.ts';
import { cliPath } from '../product.ts';
import { onNode } from '../vocabulary.ts';
import { buildWorld } from '../world/build.ts';
import { measureIn } from '../world/measure.ts';
import { iptablesBackends } from '../world/tools.ts';

const LIMIT_MS = 120_000;
const SETTING = 'net.ipv4.ip_forward';
const FILE = '/etc/sysctl.d/99-security.conf'; // read after the one of the lab's own

/**
 * Somebody on one node, with nothing but that node: forwarding is switched off there, now and for the next boot. They look at the
 * plan, refuse it, then type the node's name. Prints what was said, the setting after each, and what packets saw.
 */
async function tell(): Promise<number> {
  const world = await buildWorld(drawCluster('local', { maxNodes: 3, backends: iptablesBackends() }));
  const { victim, peer } = world.cluster;
  const fix = `'${process.execPath}' --no-warnings '${cliPath()}' fix --local --fault ip-forward-off`;
  const turn = async (line: string) => {
    const { code, stdout, stderr } = await world.run(onNode(victim, line), LIMIT_MS);
    const { stdout: setting } = await world.run(onNode(victim, `sysctl -n ${SETTING}; cat ${FILE} /etc/sysctl.d/9*leadline* 2>/dev/null`));
    const [seen] = await measureIn(world, [{ from: { pod: peer.pods[0].name }, to: victim.pods[0].address, protocol: 'icmp' }]);
    return { code, said: `${stdout}${stderr}`, setting: setting.trim().split('\n'), saw: seen === undefined ? '' : sightingText(seen) };
  };
  try {
    await runLines(world, [onNode(victim, `echo '${SETTING} = 0' >${FILE}; sysctl -qw ${SETTING}=0`)]);
    await settle(world);
    const shown = await turn(fix);
    const refused = await turn(`echo no | ${fix} --apply`);
    const applied = await turn(`echo ${victim.name} | ${fix} --apply`);
    const again = await turn(fix);
    process.stdout.write(`${JSON.stringify({ node: victim.name, shown, refused, applied, again })}\n`);
    return 0;
  } finally {
    await world.close();
  }
}

process.exit(isInside() ? await tell() : await enterLab(import.meta.url, []));
