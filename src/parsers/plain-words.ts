import { isLoopback, isMulticast, isUnspecified, parseIp } from '#net/ip';
import type { ErrorLine } from './error-line.ts';
import { portNumber, quoted } from './lines.ts';
import { NOT_COUNTED, outcomeOf } from './observed.ts';
import { CANNOT, IP, NAME, PLACE_ZH, senderIn } from './senders.ts';

const QUOTE = '["\'`“]?';

/** What is meant: a node by its name, or an address, with what people say before it. */
const THING = `(?:(?:the|remote|host|pod|server|service|svc|address|ip|endpoint|machine|主机|服务|地址) ?){0,3}`;
const NODE = String.raw`(?:(?:the )?(?:\bnode[ /]|节点 ?)${QUOTE}(?<node>${NAME})["'\`”]?)`;
const TARGET = String.raw`(?:${NODE}|${THING}["'(\[]?(?<to>${IP})["')\]]?)`;
/** `D节点的` before an address says where it is, which the captures know better. */
const OF_PLACE = `(?:${QUOTE}${NAME}["'\`”]? ?(?:节点|主机|机器) ?上?的? ?)?`;
/** A name alone, where the sentence leaves no doubt that it is one. */
const NAMED = String.raw`(?:(?:pod|svc|service|服务) ?)?${QUOTE}(?<name>${NAME}(?:\/${NAME}){0,2})["'\`”]?(?::(?<port>\d{1,5}))?`;

const FAILS = String.raw`(?:(?:is|are|still|keeps?|status is now:?) ){0,3}(?:(?:Node)?NotReady|not ready|un-?reachable|not reachable|not responding|down\b|timed? ?out|times out|timing out|timeout|hangs\b|fails\b|failing|does(?:n't| not) (?:answer|respond|work)|can(?:not|'t) be (?:reached|pinged|accessed)|100% packet loss|丢包 ?100%|(?:Destination )?(?:Host|Net) (?:is )?unreachable|No route to host|Network is unreachable|(?:Connection|Request) timed out|不通|超时|不可达|无法访问|不能访问|连不上|未就绪)`;
const BETWEEN = String.raw`[\s:|,]{0,4}`;

const VERB = `(?<verb>reach|ping|connect(?: to)?|access|talk to|contact|communicate with)`;

/** `echo`: the words are of a ping, whoever says them. Most telling first. */
const FORMS: readonly { readonly form: RegExp; readonly echo?: true }[] = [
  {
    form: new RegExp(
      String.raw`\bping[:：]?(?: -\w+(?: \d+)?){0,4} (?:to )?(?:${TARGET}|${NAMED}) from (?:[\w./-]{1,63} ){0,2}${QUOTE}[\w./:-]{1,253}["'\`”]?${BETWEEN}${FAILS}`,
      'i',
    ),
    echo: true,
  },
  {
    form: new RegExp(
      `从 ?${PLACE_ZH} ?(?:去|来)? ?(?<verb>ping|访问|连接|telnet|curl|到)(?:通|到)? ?${OF_PLACE}(?:${TARGET}|${NAMED})${BETWEEN}(?:总是|经常|一直|会|都|就|的?时)? ?${FAILS}`,
      'i',
    ),
  },
  {
    form: new RegExp(
      `从 ?${PLACE_ZH} ?(?=无法|不能|没法|(?:ping|访问|连接|到达|连) ?不[通了上到])(?:无法|不能|没法)? ?(?<verb>ping|访问|连接|到达|连)(?:通|到)? ?(?:不通|不了|不上|不到)? ?${OF_PLACE}(?:${TARGET}|${NAMED})(?= ?(?:$|[,;，。；]))`,
      'i',
    ),
  },
  { form: new RegExp(String.raw`\bping[:：]?(?: -\w+(?: \d+)?){0,4} (?:to )?${TARGET}${BETWEEN}${FAILS}`, 'i'), echo: true },
  { form: new RegExp(`ping ?不通 ?${OF_PLACE}${TARGET}`, 'i'), echo: true },
  {
    form: new RegExp(`(?:^|[:;] ?)${TARGET}${BETWEEN}(?:Destination (?:Host|Net) Unreachable|100% packet loss)`, 'i'),
    echo: true,
  },
  { form: new RegExp(String.raw`\b${CANNOT} ${VERB} (?:to )?${TARGET}`, 'i') },
  { form: new RegExp(`(?:无法|不能|没法) ?(?<verb>ping|访问|连接|到达)(?:通|到)? ?${OF_PLACE}${TARGET}`, 'i') },
  { form: new RegExp(`(?<verb>访问|连接|连)(?:不通|不了|不上|不到) ?${OF_PLACE}${TARGET}`, 'i') },
  {
    form: new RegExp(
      String.raw`\b(?:no route to(?: host)?|(?:network|host) (?:is )?unreachable)[\s:,(]{0,3}(?:(?:for|to|at) )?${TARGET}`,
      'i',
    ),
  },
  { form: new RegExp(`(?:${NODE})${BETWEEN}${FAILS}`, 'i') },
  {
    form: new RegExp(
      String.raw`(?:^|[;。] ?|\b(?:connection|connect|connecting|ssh|curl|telnet)(?: to)?:? |\b(?:pod|host|service|svc|address|ip|endpoint) |访问 ?|连接 ?)${TARGET}${BETWEEN}${FAILS}`,
      'i',
    ),
  },
  // a row of `kubectl get nodes`
  { form: new RegExp(String.raw`^(?<node>${NAME})(?:\s{2,20}|\t)NotReady\b`) },
];

/** Words behind `node` that are no names. */
const NO_NAMES = new Set(
  'a an and are as at be by can cannot condition could failed failing fails for from goes has heartbeat in is it lease name names not of on or pool selector status that the this to was went when which will with'.split(
    ' ',
  ),
);

/** What may be, or was: nothing that fails now. */
const NOT_NOW = /\b(?:if|when|whenever|unless|until|in case|no longer|fixed|resolved|recovered|again works|works again)\b|如果|已恢复/i;

/** Cheap: whether a line can be words of this kind. */
const WORTH =
  /unreach|route to|nobody|no ?one|nothing|can(?:not|'t)|could ?n|unable|fail|tim(?:ed?|es|ing) ?out|hangs|not ?ready|not re|down|answer|respond|loss|[不无没超未丢]/i;

/**
 * What a person's words say of an address or a node without naming a port: an echo to it. Where the words are not those of
 * a ping, an echo was not what failed: it is asked, and nobody is said to have measured it.
 */
export function plainWordsIn(line: string): ErrorLine | undefined {
  const text = line.trim();
  if (text.length > 500 || !WORTH.test(text) || NOT_NOW.test(text)) return undefined;
  for (const { form, echo } of FORMS) {
    const parts = form.exec(text)?.groups;
    const to = parts === undefined ? undefined : targetOf(parts);
    if (parts === undefined || to === undefined) continue;
    const from = senderIn(text);
    if (!isAlone(text, to, from)) return undefined;
    return wordsOf(text, { to, from, port: portNumber(parts.port), isEcho: echo === true || /^ping$/i.test(parts.verb ?? '') });
  }
  return undefined;
}

type Said = { readonly to: string; readonly from: string | undefined; readonly port: number | undefined; readonly isEcho: boolean };

const wordsOf = (text: string, { to, from, port, isEcho }: Said): ErrorLine => ({
  ...NOT_COUNTED,
  by: 'text',
  from,
  to,
  protocol: port === undefined ? 'icmp' : 'tcp',
  port: port ?? null,
  outcome: outcomeOf(text) === 'unreachable' ? 'unreachable' : 'silent',
  detail: quoted(text),
  standing: !isEcho && port === undefined,
});

/** A node is written so that it is no other thing of that name. */
function targetOf({ node, to, name }: Readonly<Record<string, string | undefined>>): string | undefined {
  if (to !== undefined) return machineAddress(to);
  if (name !== undefined) return isAddressLike(name) ? machineAddress(name) : NO_NAMES.has(name.toLowerCase()) ? undefined : name;
  if (node === undefined || NO_NAMES.has(node.toLowerCase())) return undefined;
  return machineAddress(node) ?? `node/${node}`;
}

/** A version, a prefix or an address: no name. */
const isAddressLike = (text: string): boolean => /^[\d./]+$/.test(text);

/** An address that a machine of its own can have. */
function machineAddress(text: string): string | undefined {
  const address = parseIp(text) ?? parseIp(text.replace(/:$/, ''));
  if (address === undefined || isLoopback(address) || isUnspecified(address) || isMulticast(address)) return undefined;
  return address === '255.255.255.255' ? undefined : address;
}

/** Whether the line names no further address, of which it may speak. */
function isAlone(text: string, to: string, from: string | undefined): boolean {
  const named = [...text.matchAll(new RegExp(IP, 'g'))].flatMap(([one]) => parseIp(one) ?? parseIp(one.replace(/:$/, '')) ?? []);
  return named.every((address) => address === to || address === from);
}
