import { existsSync, readFileSync } from 'node:fs';
import { type Ran, run } from './command.ts';
import { guarded } from './guard.ts';
import { iptablesBackends, iptablesProgram, missingTools } from './tools.ts';

/** Whether the lab can be built here, or why not. */
export type Allowed = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/** All that the lab stands on, once: namespaces in namespaces, VXLAN, a bridge, veth, a rule, an own /proc. */
const tinyLab = (iptables: string): string => `set -e
ip netns >/dev/null 2>&1 || true
mkdir -p /run/netns
ip netns add tiny
ip link add tiny0 type veth peer name eth0 netns tiny
ip link add tiny1 type bridge
ip link set tiny0 master tiny1
ip link add tiny2 type vxlan id 1 dstport 8472 local 192.0.2.1 nolearning
mkdir -p /run/tiny && ln -s ${iptables} /run/tiny/iptables
/run/tiny/iptables -w 5 -t nat -A POSTROUTING -m comment --comment tiny -j MASQUERADE
unshare --mount --net --uts --pid --fork --kill-child sh -c 'mount -t proc proc /proc && mount -t tmpfs tmpfs /etc && { hostname tiny 2>/dev/null || echo tiny >/proc/sys/kernel/hostname; }'
echo tiny lab up`;

const LIMIT_MS = 60_000;

/** Finds out by building a tiny lab. */
export async function labAllowed(): Promise<Allowed> {
  if (process.platform !== 'linux') return no(`this is ${process.platform}; the lab needs Linux`);
  const missing = missingTools();
  if (missing.length > 0) return no(`this machine lacks ${missing.join(', ')}`);
  const sockets = await import('koffi').then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (sockets !== undefined) return no(`koffi does not load: ${sockets}`);
  for (const backend of iptablesBackends()) {
    const [program = '', ...args] = guarded('sh', ['-c', tinyLab(iptablesProgram(backend) ?? '')]);
    const ran = await run(program, args, { timeoutMs: LIMIT_MS });
    if (ran.code === 0 && ran.stdout.includes('tiny lab up')) return { allowed: true };
    if (backend === iptablesBackends().at(-1)) return no(whyNot(ran));
  }
  return no('no iptables backend');
}

const no = (reason: string): Allowed => ({ allowed: false, reason });

const setting = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined);

/** The settings by which distributions forbid this, else the failing program's own words. */
function whyNot({ code, stderr }: Ran): string {
  const words = stderr.trim().split('\n').at(-1) ?? `ended with ${code}`;
  if (process.getuid?.() === 0) return `namespaces are not allowed here: ${words}`;
  if (setting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1')
    return `AppArmor forbids user namespaces (kernel.apparmor_restrict_unprivileged_userns = 1): ${words}`;
  if (setting('/proc/sys/kernel/unprivileged_userns_clone') === '0')
    return `user namespaces are forbidden (kernel.unprivileged_userns_clone = 0): ${words}`;
  if (setting('/proc/sys/user/max_user_namespaces') === '0')
    return `user namespaces are forbidden (user.max_user_namespaces = 0): ${words}`;
  return `namespaces are not allowed here: ${words}`;
}
