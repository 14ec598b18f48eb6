/** A line that somebody put between two outputs: what it says comes next, and of which host. */
export type Title = {
  /** The command that it names; empty where it only tells what follows. */
  readonly typed: string;
  readonly host: string | undefined;
};

/** A run of one sign, or the arrows that `head` and `tail` put around names of files, and blanks before what it says. */
const MARKED = /^(={2,}|-{2,}|#{2,}|\*{2,}|\+{2,}|~{2,}|>{2,}|==>)( *)(?=[^ =#*+~<>-])(.{1,200})$/;
const CLOSED = / *(?:={2,}|-{2,}|#{2,}|\*{2,}|\+{2,}|~{2,}|<{2,}|<==)$/;

/** What ping and its kind print under their echoes. */
const OF_PING = /\b(?:statistics?)$|统计(?:信息)?$/i;

/** Commands of a node's network that prose hardly begins with: elsewhere than at a head, comments of files must not be taken for them. */
const OF_THE_NETWORK =
  /^(?:sudo )?(?:ip6?tables(?:-\w+)*|nft|conntrack|bridge|brctl|ipvsadm|ipset|kubectl|netstat|ifconfig|ss -\w+|ip (?:-\S+ )*(?:netns|addr|address|a|route|r|rule|ru|link|l|neigh\w*|n)(?: |$))/;

/** What outputs are of, in a title that names no command. */
const TOPIC =
  /^(?:\S+ ){0,2}(?:routes?|routing tables?|rules?|links?|interfaces?|address(?:es)?|neighbou?rs?|fdb|arp|iptables|nftables|ipvs|conntrack|sockets?|sysctls?|pods?|nodes?|services?|endpoints?)$|(?:路由|规则|网卡|邻居|地址|连接跟踪)表?$/i;

/** `command: ip route`, `output of ip route`, `$ ip route`, and a colon behind. */
const bare = (words: string): string =>
  words
    .replace(/^(?:command|cmd|output of|output|命令)[:：]? +/i, '')
    .replace(/^[$#] /, '')
    .replace(/ ?[:：]$/, '');

/** What a title says: a host before its command (`D: ip route`, `[D] ip route`) or alone (`node D`), a command, or neither. */
function saidBy(words: string, isCommand: (typed: string) => boolean): Title {
  const plain = bare(words);
  const ahead = /^(?:(?:node|host|on|节点|主机)[ :：] ?)?\[?([\w.-]{1,253})(?:\]|[:：]) ?(.+)$/i.exec(plain);
  if (ahead !== null && isCommand(bare(ahead[2] ?? ''))) return { typed: bare(ahead[2] ?? ''), host: ahead[1] };
  if (isCommand(plain)) return { typed: plain, host: undefined };
  return { typed: '', host: /^(?:node|节点|主机)[ :：] ?([\w.-]{1,253})$/i.exec(plain)?.[1] };
}

/**
 * A line such as `===== ip rule =====`, `--- iptables-save ---` or `### ip route`. Comments of files begin with the same signs:
 * a title of `#` alone must name a command or a topic at the head of the text (`first`: the text's first line), or look like that.
 */
export function titleOf(line: string, first: string, isCommand: (typed: string) => boolean): Title | undefined {
  const [, mark = '', blank = '', rest = ''] = MARKED.exec(line) ?? [];
  const words = rest.replace(CLOSED, '').trim();
  if (words === '' || OF_PING.test(words)) return undefined;
  const title = saidBy(words, isCommand);
  const closed = CLOSED.test(rest);
  const says = title.typed !== '' || title.host !== undefined;
  if (blank === '' && !(closed && '=#*~'.includes(mark.charAt(0)))) return undefined;
  if (mark.startsWith('#') && !closed) return isHeadOf(first, mark, isCommand) || OF_THE_NETWORK.test(bare(words)) ? title : undefined;
  if (mark.startsWith('=') || (closed && mark.length > 2)) return title;
  return says && (closed || OF_THE_NETWORK.test(bare(words)) || title.host !== undefined) ? title : undefined;
}

/** Whether the text begins with a title of these very signs. */
function isHeadOf(first: string, mark: string, isCommand: (typed: string) => boolean): boolean {
  const words = first.startsWith(`${mark} `) ? first.slice(mark.length + 1).trim() : '';
  const { typed, host } = saidBy(words, isCommand);
  return typed !== '' || host !== undefined || TOPIC.test(bare(words));
}
