import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from '../draw/rule.ts';
import type { Instead } from '../play/rounds.ts';
import type { Stage } from '../stage/raise.ts';
import { serverLine, serviceBlock, vlanLine } from './listed-lines.ts';

/** A captured file that tells what command lines left behind. */
type FactFile = { readonly file: string; readonly text: string };

/** What one drawn command line left in a capture: where the model cites it, and the files' lines without it. */
export type FactLine = { readonly at: string; readonly cited: string; readonly rule: Rule; readonly without: Instead['lines'] };

type Element = Readonly<Record<string, unknown>>;
type Line = Extract<Rule, { form: 'line' }>;
type Found = Omit<FactLine, 'rule'>;

/** How a command line is found again in the captured files of its namespace. */
type Form = { readonly is: RegExp; readonly find: (words: Words, files: Files) => readonly Found[] };

type Files = (name: RegExp) => readonly FactFile[];

/** The lines of a scene that are told by routes, rules, ports, entries and settings of its captured files. */
export function factLines(folder: string, stage: Stage, rules: readonly Rule[]): readonly FactLine[] {
  const drawn = rules.filter((rule): rule is Line => rule.form === 'line' && rule.by.length > 0);
  if (drawn.length === 0) return [];
  const { entries }: { readonly entries: readonly { readonly file: string; readonly scope: { readonly netns: string } }[] } = JSON.parse(
    readFileSync(join(folder, 'leadline.json'), 'utf8'),
  ); // written by the capture
  const found = drawn.flatMap((rule) => {
    const own = entries.filter(({ scope }) => scope.netns === stage.name(rule.in)).map(({ file }) => file);
    // what another namespace told in the same words is kept once, elsewhere: nothing of it is left out
    const files: Files = (name) =>
      own
        .filter((file) => name.test(file) && existsSync(join(folder, file)))
        .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
    const form = FORMS.find(({ is }) => is.test(rule.run));
    return (form?.find(new Words(rule.run), files) ?? []).map((one) => ({ ...one, rule }));
  });
  // of lines that say the same the last one stands
  return [...new Map(found.map((one) => [one.at, one])).values()];
}

/** The words of a command line, by those that go before them. */
class Words {
  readonly all: readonly string[];

  constructor(run: string) {
    this.all = run.split(' ');
  }

  after(name: string): string | undefined {
    const at = this.all.indexOf(name);
    return at < 0 ? undefined : this.all[at + 1];
  }

  get family(): 4 | 6 {
    return this.all.includes('-6') || this.all.some((word) => /^[0-9a-f]*:[0-9a-f:]*(?:\/\d+)?$/.test(word)) ? 6 : 4;
  }
}

const elementsOf = ({ text }: FactFile): readonly Element[] => JSON.parse(text.trim() === '' ? '[]' : text);

/** The elements of JSON files that fit, each with the file without it, or with it otherwise. */
const elements = (files: readonly FactFile[], fits: (one: Element) => boolean, instead?: (one: Element) => Element) =>
  files.flatMap((file) => {
    const all = elementsOf(file);
    return all.flatMap((one, at) => {
      if (!fits(one)) return [];
      const without = instead === undefined ? all.toSpliced(at, 1) : all.with(at, instead(one));
      const place = `${file.file}#[${at}]`;
      return [{ at: place, cited: place, without: { [file.file]: { 1: JSON.stringify(without) } } }];
    });
  });

const flagsOf = ({ flags }: Element): readonly unknown[] => (Array.isArray(flags) ? flags : []);

const down = (one: Element): Element => ({
  ...one,
  flags: flagsOf(one).filter((flag) => flag !== 'UP' && flag !== 'LOWER_UP'),
  operstate: 'DOWN',
});
const elsewhere = (one: Element): Element => within(one, ['linkinfo', 'info_data'], (data) => ({ ...data, table: EMPTY_TABLE }));
/** A table of routes that no scene fills. */
const EMPTY_TABLE = 4094;

const TYPES = ['blackhole', 'unreachable', 'prohibit', 'throw', 'local'];

const FORMS: readonly Form[] = [
  {
    is: /^ip (?:-6 )?rule add .*priority \d+/,
    find: (words, files) =>
      elements(files(new RegExp(`ip_-${words.family}_\\S*rule_show$`)), (one) => one['priority'] === Number(words.after('priority'))),
  },
  {
    is: /^ip (?:-6 )?route (?:add|replace) /,
    find: (words, files) => {
      const verb = words.all.findIndex((word) => word === 'add' || word === 'replace');
      const rest = words.all.slice(verb + 1).filter((word) => !TYPES.includes(word));
      const to = rest[0] === 'tos' ? rest[2] : rest[0];
      const metric = words.after('metric');
      return elements(
        files(new RegExp(`ip_-${words.family}_\\S*route_show_table_all$`)),
        (one) =>
          one['dst'] === to &&
          one['table'] === (words.after('table') ?? 'main') &&
          (metric === undefined || (one['metric'] ?? 0) === Number(metric)) &&
          (words.after('via') === undefined || words.all.includes('nexthop') || one['gateway'] === words.after('via')),
      );
    },
  },
  {
    is: /^bridge fdb (?:add|append|replace) /,
    find: (words, files) =>
      elements(
        files(/bridge_\S*fdb_show$/),
        (one) =>
          one['mac'] === words.all[3] &&
          one['ifname'] === words.after('dev') &&
          (words.after('dst') === undefined || one['dst'] === words.after('dst')),
      ),
  },
  {
    is: /^ip link set \S+ mtu \d+$/,
    find: ({ all: [, , , device] }, files) =>
      elements(
        files(/ip_\S*link_show$/),
        (one) => one['ifname'] === device,
        (one) => ({ ...one, mtu: 1500 }),
      ),
  },
  {
    // as if it were down, or a VRF's routes stood elsewhere: its parts do not mind whether it is up
    is: /^ip link add .* ?type \w+/,
    find: (words, files) =>
      elements(
        files(/ip_\S*link_show$/),
        (one) => one['ifname'] === (words.after('name') ?? words.all[3]),
        words.all.includes('vrf') ? elsewhere : down,
      ),
  },
  { is: /^bridge vlan add dev \S+ vid \d+/, find: (words, files) => vlanLines(words, files(/bridge_vlan_show$/)) },
  { is: /^ipvsadm -A /, find: (words, files) => serviceLines(words.all, files(/proc_net_ip_vs$/)) },
  { is: /^ipvsadm -a /, find: (words, files) => serverLines(words.all, files(/proc_net_ip_vs$/)) },
  { is: /^ip link set \S+ down$/, find: ({ all: [, , , device = ''] }, files) => tunnelLines(device, files) },
  { is: /^bridge link set dev \S+ (?:hairpin|flood|isolated|learning|state) /, find: portLines },
  {
    is: /^sysctl -qw \S+=\d+/,
    find: ({ all }, files) => all.filter((word) => word.includes('=')).flatMap((word) => settingLines(word, files(/\/sysctl_-a$/))),
  },
];

/** What the kernel begins with, and the lab's own lines. */
const BEGINS: Readonly<Record<string, unknown>> = { hairpin: false, flood: true, isolated: false, learning: true, state: 'forwarding' };

/** A port's flag stands in the list of devices, which the model cites, and in that of ports. */
function portLines(words: Words, files: Files): readonly Found[] {
  const [port, flag = ''] = [words.after('dev'), words.all[5]];
  const isOther = (one: Element): boolean => one['ifname'] === port && one[flag] !== BEGINS[flag];
  const set = (one: Element): Element => ({ ...one, [flag]: BEGINS[flag] });
  const [listed] = elements(files(/bridge_\S*link_show$/), isOther, set);
  const [device] = elements(
    files(/ip_\S*link_show$/),
    (one) => one['ifname'] === port,
    (one) => within(one, ['linkinfo', 'info_slave_data'], set),
  );
  if (listed === undefined || device === undefined) return [];
  return [{ at: `${device.at}.${flag}`, cited: device.cited, without: { ...listed.without, ...device.without } }];
}

/** A tunnel's device stands in the list of its kind, which the model cites, and in that of all. */
function tunnelLines(device: string, files: Files): readonly Found[] {
  const [listed] = elements(
    files(/ip_\S*-j_link_show$/),
    (one) => one['ifname'] === device,
    (one) => ({ ...one, flags: [...flagsOf(one), 'UP', 'LOWER_UP'], operstate: 'UNKNOWN' }),
  );
  return files(/link_show_type_vxlan$/).flatMap(({ file, text }) => {
    const lines = text.split('\n');
    const line = lines.findIndex((one) => one.split(' ')[1] === `${device}:`) + 1;
    const up = lines[line - 1]?.replace('>', ',UP,LOWER_UP>').replace('state DOWN', 'state UNKNOWN');
    if (up === undefined || listed === undefined) return [];
    return [{ at: `${file}:${line}`, cited: `${file}:${line}`, without: { ...listed.without, [file]: { [line]: up } } }];
  });
}

/** An element with one of its parts, by the names that lead there, made otherwise. */
function within(one: Element, [name, ...names]: readonly string[], otherwise: (part: Element) => Element): Element {
  if (name === undefined) return otherwise(one);
  const part = one[name];
  return typeof part === 'object' && part !== null ? { ...one, [name]: within({ ...part }, names, otherwise) } : one;
}

/** A port's VLAN, as if it were another that no frame has. */
const vlanLines = (words: Words, files: readonly FactFile[]): readonly Found[] =>
  files.flatMap(({ file, text }) => {
    const found = vlanLine(text, words.after('dev') ?? '', words.after('vid') ?? '');
    const at = `${file}:${found?.line}`;
    return found === undefined ? [] : [{ at, cited: at, without: { [file]: { [found.line]: found.text } } }];
  });

/** A virtual server with its real ones, as if nobody had made it. */
const serviceLines = (words: readonly string[], files: readonly FactFile[]): readonly Found[] =>
  files.flatMap(({ file, text }) => {
    const [first, ...rest] = serviceBlock(text, words);
    const at = `${file}:${first}`;
    return first === undefined
      ? []
      : [{ at, cited: at, without: { [file]: Object.fromEntries([first, ...rest].map((line) => [line, ''])) } }];
  });

/** One real server, as if its virtual one did without; the model cites that one. */
const serverLines = (words: readonly string[], files: readonly FactFile[]): readonly Found[] =>
  files.flatMap(({ file, text }) => {
    const [service] = serviceBlock(text, words);
    const line = serverLine(text, words);
    if (service === undefined || line === undefined) return [];
    return [{ at: `${file}:${line}`, cited: `${file}:${service}`, without: { [file]: { [line]: '' } } }];
  });

/** What settings begin with that are not 0: addresses and protocol (FIB_MULTIPATH_HASH_FIELD_DEFAULT_MASK), and what the lab's wiring sets. */
const BORN: readonly (readonly [ending: string, value: string])[] = [
  ['.forwarding', '1'],
  ['.fib_multipath_hash_fields', '7'],
  ['.nf_conntrack_tcp_be_liberal', '1'],
  ['.nf_conntrack_tcp_ignore_invalid_rst', '1'],
];

/** `net.ipv4.conf.r1.rp_filter=1`, and the value that it had before. */
function settingLines(word: string, files: readonly FactFile[]): readonly Found[] {
  const [name = '', value] = word.split('=');
  const before = BORN.find(([ending]) => name.endsWith(ending))?.[1] ?? '0';
  if (value === before) return [];
  return files.flatMap(({ file, text }) => {
    const line = text.split('\n').findIndex((one) => one.startsWith(`${name} =`)) + 1;
    return line === 0 ? [] : [{ at: `${file}:${line}`, cited: `${file}:${line}`, without: { [file]: { [line]: `${name} = ${before}` } } }];
  });
}
