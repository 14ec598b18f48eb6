import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly policy: string;
  /** The rule of it that denies; `null`: none of its rules allows. */
  readonly rule: string | null;
  readonly direction: 'Ingress' | 'Egress';
  readonly from: string;
  readonly to: string;
  /** `TCP 8080`, `ICMP`. */
  readonly what: string;
  /** How many other connections that were asked for it denies too. */
  readonly others: number;
  /** The verdict in a sentence. */
  readonly says: string;
  /** Who carries it out, on which node, by which rule. */
  readonly program: string;
  readonly node: string;
  readonly by: string;
};

const more = (others: number): string => (others === 0 ? '' : ` (and ${others} more)`);

export default texts<Found>({
  en: {
    what: ({ policy, rule, what, from, to, others }) =>
      `${policy} denies ${what} from ${from} to ${to}${more(others)}: this is meant, nothing is broken${rule === null ? '' : ` (${rule})`}`,
    why: ({ says, program, node, by }) => `${says}; ${program} on ${node} carries it out: ${by}`,
    fix: ({ policy }) => `leave it so; where this traffic should pass, allow it in ${policy}`,
  },
  zh: {
    what: ({ policy, rule, what, from, to, others }) =>
      `${policy} 按设计拒绝 ${from} 到 ${to} 的 ${what}${others === 0 ? '' : `（另有 ${others} 条）`}，并非故障${rule === null ? '' : `（${rule}）`}`,
    why: ({ policy, rule, direction, program, node, by }) =>
      `${policy} 选中了${direction === 'Ingress' ? '目的' : '源'} Pod，${rule === null ? '且没有规则放行该流量' : `由 ${rule} 拒绝`}；${node} 上的 ${program} 通过规则执行：${by}`,
    fix: ({ policy }) => `保持现状即可；若该流量应当放行，请在 ${policy} 中增加允许规则`,
  },
});
