const asking: Readonly<Record<string, string>> = {
  arp: 'arp --version',
  brctl: 'brctl --version',
  bridge: 'bridge -V',
  cat: 'uname -sr',
  conntrack: 'conntrack --version',
  curl: 'curl --version | cut -d" " -f1,2',
  etcdctl: 'ETCDCTL_API=3 etcdctl version',
  ifconfig: 'ifconfig --version',
  ip: 'ip -V',
  netstat: 'netstat --version',
  nft: 'nft --version',
  nstat: 'nstat -V',
  ping: 'ping -V',
  route: 'route --version',
  ss: 'ss -V',
  sysctl: 'sysctl --version',
  tcpdump: 'tcpdump --version',
  telnet: "dpkg-query -W '*telnet*' | head -1",
};

/** The version of a tool as it names itself, with the userland that it belongs to. */
export function versionOf(userland: string, tool: string, say: (line: string) => { readonly text: string }): string {
  const question = tool.startsWith('ip') && tool.includes('tables') ? `${tool.replace('-save', '')} --version` : asking[tool];
  if (userland === 'busybox') return say('busybox | head -1').text.trim();
  const answer = question === undefined ? '' : say(question).text.trim();
  const said = answer.split('\n').find((line) => /\d/.test(line)) ?? answer;
  return `${said}, ${userland.replace('-', ' ')}`;
}

/** The versions of one userland's tools, each asked for once; undefined for a tool that it lacks. */
export class Versions {
  readonly #known = new Map<string, string | undefined>();

  of(tool: string, ask: () => string | undefined): string | undefined {
    if (!this.#known.has(tool)) this.#known.set(tool, ask());
    return this.#known.get(tool);
  }
}

const PACKAGE_OF = `file=$(readlink -f "$(command -v $tool)") && package=$(dpkg-query -S "$file" "\${file#/usr}" 2>/dev/null | head -1 | cut -d: -f1) &&
dpkg-query -W -f '\${Package} \${Version}' "$package"`;

/** The package that a tool comes with, and its userland; undefined for a tool or applet that the userland lacks. */
export function packageOf(
  userland: string,
  tool: string,
  say: (line: string) => { readonly exit: number; readonly text: string },
): string | undefined {
  const [program = '', applet] = tool.split(' ');
  const { exit, text } = say(`tool=${program}; ${PACKAGE_OF}`);
  if (exit !== 0 || text === '') return undefined;
  if (applet !== undefined && say(`busybox --list | grep -qx ${applet}`).exit !== 0) return undefined;
  return `${text.trim()}, ${userland.replace('-', ' ')}`;
}
