import type { Layout } from '../draw/layout.ts';
import type { Line } from '../draw/rule.ts';
import { type Ran, run, type RunOptions } from '../../world/command.ts';
import { ResidentShell } from './resident-shell.ts';

/** What every namespace gets before its devices: nothing but drawn packets may be counted, and no answer may be held back. */
const QUIET = [
  'net.ipv6.conf.default.accept_dad=0',
  'net.ipv6.conf.all.accept_dad=0',
  'net.ipv6.conf.default.dad_transmits=0',
  'net.ipv6.conf.default.router_solicitations=0',
  'net.ipv6.conf.default.accept_ra=0',
  'net.ipv6.conf.default.mldv1_unsolicited_report_interval=1',
  'net.ipv6.conf.default.mldv2_unsolicited_report_interval=1',
  'net.ipv6.mld_qrv=1',
  'net.ipv4.icmp_ratelimit=0',
  'net.ipv4.icmp_msgs_per_sec=1000000',
  'net.ipv4.icmp_msgs_burst=1000000',
  'net.ipv6.icmp.ratelimit=0',
  // redirects are rationed by time, one source's in ever longer turns (net/ipv4/route.c ip_rt_send_redirect)
  'net.ipv4.conf.all.send_redirects=0',
  'net.ipv4.conf.default.send_redirects=0',
  'net.ipv4.tcp_synack_retries=0',
  'net.ipv4.ping_group_range=1 0',
  // raw sockets sum in software: what conntrack then checks and a rule changes, IPv6's UDP throws away (net/ipv6/ip6_checksum.c udp6_csum_init)
  'net.netfilter.nf_conntrack_checksum=0',
  // connections are compared at the end of an act, however busy the machine is
  ...[
    'udp_timeout',
    'udp_timeout_stream',
    'icmp_timeout',
    'icmpv6_timeout',
    'generic_timeout',
    'tcp_timeout_syn_sent',
    'tcp_timeout_syn_recv',
    'tcp_timeout_fin_wait',
    'tcp_timeout_close_wait',
    'tcp_timeout_last_ack',
    'tcp_timeout_time_wait',
    'tcp_timeout_close',
    'tcp_timeout_unacknowledged',
    'tcp_timeout_max_retrans',
    'sctp_timeout_closed',
    'sctp_timeout_cookie_wait',
    'sctp_timeout_cookie_echoed',
    'sctp_timeout_established',
    'sctp_timeout_shutdown_sent',
    'sctp_timeout_shutdown_recd',
    'sctp_timeout_shutdown_ack_sent',
    'sctp_timeout_heartbeat_sent',
  ].map((name) => `net.netfilter.nf_conntrack_${name}=600`),
].map((setting) => `-w "${setting}"`);

/** The last line of what a program reads. */
const INPUT_ENDS = '==the end of input==';

/** What the end of a command line is told by. */
const END = '==ended==';
const ENDED = new RegExp(`\\n?${END}(\\d+)\\n`);

/** On a node the two ends of a veth are found by their numbers; namespaces of scenes side by side would number them alike. */
const VETH = /\blink add (?:name )?(\S+)((?: (?!index|type)\S+)*) type veth peer name (\S+)(?! index)/g;

/** What runs one program to its end: here, or in a guest with another kernel. */
export type Runner = (program: string, args: readonly string[], options?: RunOptions) => Promise<Ran>;

/** Runs lines in namespaces, those of one namespace that follow each other by one shell; `@r` is namespace `r` of the scene. */
export class Stage {
  readonly #prefix: string;
  readonly #base: number;
  readonly #run: Runner;
  /** Shells that stay in the namespaces of this machine; none where another runs its programs. */
  readonly #shells: Map<string, ResidentShell> | undefined;
  #devices = 0;

  /** The names of namespaces begin with the prefix; its number tells scenes apart that are played side by side. */
  constructor(prefix: string, runner?: Runner) {
    this.#prefix = prefix;
    this.#run = runner ?? run;
    this.#shells = runner === undefined ? new Map() : undefined;
    this.#base = 1000 * (1 + Number(/\d+/.exec(prefix)?.[0] ?? 0));
  }

  /** The real name of a namespace of the scene. */
  name(namespace: string): string {
    return `${this.#prefix}${namespace}`;
  }

  path(namespace: string): string {
    return `/run/netns/${this.name(namespace)}`;
  }

  /** Makes the namespaces and wires them. */
  async raise({ namespaces, lines }: Layout): Promise<void> {
    const names = namespaces.map(({ name }) => name);
    const { code, stderr } = await this.#run('ip', ['-batch', '-'], {
      input: names.map((name) => `netns add ${this.name(name)}\n`).join(''),
    });
    if (code !== 0) throw new Error(`ip netns add: ${stderr.trim().slice(-600)}`);
    await Promise.all(names.map((name) => this.#must(name, `sysctl -qe ${QUIET.join(' ')}; ip link set lo up`)));
    // as long as devices reach into other namespaces the order of all lines counts, then that of each namespace
    const apart = lines.findLastIndex(({ run: one }) => one.includes(' netns @')) + 1;
    const together = lines.slice(0, apart);
    for (const [at, one] of together.entries()) {
      if (together[at - 1]?.in !== one.in) await this.#must(one.in, batched(runOf(together, at)).join('\n'));
    }
    const own = Map.groupBy(lines.slice(apart), (line) => line.in);
    await Promise.all([...own].map(([name, rest]) => this.#must(name, batched(rest.map((line) => line.run)).join('\n'))));
  }

  /** Takes everything away. */
  async fall({ namespaces }: Pick<Layout, 'namespaces'>): Promise<void> {
    await Promise.all([...(this.#shells?.values() ?? [])].map((shell) => shell.end()));
    this.#shells?.clear();
    await this.#run('ip', ['-force', '-batch', '-'], { input: namespaces.map(({ name }) => `netns del ${this.name(name)}\n`).join('') });
  }

  /** Runs a script in a namespace. */
  shell(namespace: string, script: string): Promise<Ran> {
    return this.#script(namespace, this.#named(script));
  }

  /** Runs a program there with something on its input. */
  program(namespace: string, argv: readonly string[], input = ''): Promise<Ran> {
    const lines = input === '' || input.endsWith('\n') ? input : `${input}\n`;
    return this.#script(namespace, `${argv.map(quoted).join(' ')} <<'${INPUT_ENDS}'\n${lines}${INPUT_ENDS}`);
  }

  /** Runs command lines there, one after the other in one shell: how each ended, and what it said. */
  async each(namespace: string, lines: readonly string[]): Promise<readonly Ran[]> {
    const script = lines.map((one) => `out=$( { ${one}\n} 2>&1 )\nprintf '%s\\n${END}%s\\n' "$out" $?`).join('\n');
    const { stdout } = await this.#script(namespace, `set +e\n${this.#named(script)}`);
    const parts = stdout.split(ENDED);
    return lines.map((_, at) => {
      const [text = '', code = '127'] = [parts[2 * at], parts[2 * at + 1]];
      return { stdout: text, stderr: text, code: Number(code) };
    });
  }

  #script(namespace: string, script: string): Promise<Ran> {
    const within = `--net=${this.path(namespace)}`;
    if (this.#shells === undefined) return this.#run('nsenter', [within, 'sh', '-es'], { input: script });
    const shell = this.#shells.get(namespace) ?? new ResidentShell(['nsenter', within, 'sh', '-s']);
    this.#shells.set(namespace, shell);
    return shell.run(script);
  }

  async #must(namespace: string, script: string): Promise<void> {
    const { code, stderr, stdout } = await this.shell(namespace, script);
    if (code !== 0) throw new Error(`${namespace}: ${script}: ${(stderr || stdout).trim().slice(-600)}`);
  }

  #named(script: string): string {
    return script
      .replaceAll(/@([a-z]\w*)/g, (_, name: string) => this.name(name))
      .replaceAll(VETH, (_, name: string, more: string, peer: string) => {
        const [one, other] = [this.#index(), this.#index()];
        return `link add ${name} index ${one}${more} type veth peer name ${peer} index ${other}`;
      });
  }

  /** A device's number that no other scene has. */
  #index(): number {
    return this.#base + ++this.#devices;
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** The lines of one namespace that follow each other. */
function runOf(lines: readonly Line[], from: number): readonly string[] {
  const here = lines[from]?.in;
  let until = from;
  while (lines[until]?.in === here && until < lines.length) until += 1;
  return lines.slice(from, until).map((line) => line.run);
}

/** Command lines of which those of `ip` that follow each other go into one process. */
function batched(commands: readonly string[]): readonly string[] {
  const out: string[] = [];
  let batch: string[] = [];
  const flush = (): void => {
    if (batch.length > 0) out.push(`ip -batch - <<'E'\n${batch.join('\n')}\nE`);
    batch = [];
  };
  for (const command of commands) {
    // a batch takes no -6, and tells the family by the addresses
    const plain = command.replace(/^ip -6 (?=(?:route|neigh) .*:)/, 'ip ');
    if (/^ip (?!netns|-)[^"'$;|&]*$/.test(plain)) batch.push(plain.slice(3));
    else {
      flush();
      out.push(command);
    }
  }
  flush();
  return out;
}
