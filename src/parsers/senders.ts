import { parseIp } from '#net/ip';

/** An address that stands alone: no port, prefix length, version, image tag or part of a longer word. */
export const IP = String.raw`(?<![\w.:/@-])(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-fA-F]{0,4}(?::[\da-fA-F]{0,4}){2,7})(?![\w/#-]|[.:]\w)`;
export const NAME = `[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?`;
const QUOTE = '["\'`“]?';

export const CANNOT = `(?:can(?:not|'t| not)|could(?: not|n't)|unable to|fail(?:ed|s) to|(?:nobody|no ?one|nothing) can)`;

/** A place in Chinese: `A`, `节点 A`, `A 节点上`, `10.1.2.3`, `A 节点上的 pod`. */
export const PLACE_ZH = String.raw`(?:(?:node|pod|host|节点|主机|机器|容器) ?)?${QUOTE}(?:${NAME}(?:\/${NAME})?|${IP})["'\`”]? ?(?:节点|主机|机器|pod|容器)? ?(?:上|里|中)?(?: ?的 ?(?:pod|容器|应用|服务))?(?: ?[上里中])?`;

const ZH_VERB = '(?:去|来|上|里|中)? ?(?:无法|不能|没法)? ?(?:ping|访问|连接|连|到|telnet|curl)';
const ZH_NAMED = String.raw`(?:(?:node|pod|host|节点|主机|机器) ?)?${QUOTE}(?<from>${IP}|${NAME}(?:\/${NAME})?)["'\`”]? ?(?:节点|主机|机器|pod)? ?${ZH_VERB}`;

/** Words behind `from` that are no names of one place. */
const NO_PLACES = new Set(
  'a all an another any anywhere both client clients each either elsewhere every everywhere here home host hosts inside internet it machine machines many me my node nodes one other our outside pod pods some somewhere that the their there these this those time two us within'.split(
    ' ',
  ),
);

const SENDERS: readonly RegExp[] = [
  new RegExp(String.raw`\bfrom (?:(?:node|host|pod) )?(?<from>${IP})`, 'i'),
  new RegExp(String.raw`\bfrom (?:node|host|pod) ${QUOTE}(?<from>[\w./-]{0,252}\w)`, 'i'),
  // the name alone is one where the sentence goes on after it
  new RegExp(String.raw`\bping\b.{1,253} from ${QUOTE}(?<from>${NAME}(?:\/${NAME})?)["'\`”]?(?= ?[:：,;]|$)`, 'i'),
  new RegExp(`^(?:(?:node|host|pod) )?(?<from>${IP}) ${CANNOT} (?!be )`, 'i'),
  new RegExp(String.raw`^(?:node|host|pod) ${QUOTE}(?<from>[\w./-]{0,252}\w)["'\`”]? ${CANNOT} (?!be )`, 'i'),
  new RegExp(`从 ?${ZH_NAMED}`, 'i'),
  // a pod on a node is not the node
  new RegExp(`(?<!(?:pod|容器|应用|服务) ?)在 ?${ZH_NAMED}`, 'i'),
];

/** Whom a person's words name as the one that met it; nothing where they name no one place. */
export function senderIn(text: string): string | undefined {
  for (const form of SENDERS) {
    const from = form.exec(text)?.groups?.from;
    // a node may be called A
    if (from !== undefined && !NO_PLACES.has(from.length === 1 ? from : from.toLowerCase())) return parseIp(from) ?? from;
  }
  return undefined;
}
