import type { Cidr } from '#net/cidr';
import type { Ip } from '#net/ip';

/** What a verdict is about. */
export type Subject =
  | { readonly kind: 'cluster' }
  | { readonly kind: 'node'; readonly node: string }
  /** A pod by its name, or by its namespace on its node where nobody captured a name. */
  | { readonly kind: 'pod'; readonly node: string; readonly netns: string; readonly name: string | null }
  /** A captured namespace that nothing places: not known to be a pod. */
  | { readonly kind: 'netns'; readonly node: string; readonly netns: string }
  | { readonly kind: 'device'; readonly node: string; readonly netns: string; readonly device: string }
  /** One direction between two nodes. */
  | { readonly kind: 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'lease'; readonly subnet: Cidr }
  /** A Service by its objects, the same on every node: `namespace/name`. */
  | { readonly kind: 'service'; readonly service: string }
  /** A policy as its verdicts name it: `NetworkPolicy shop/db`, `GlobalNetworkPolicy deny-metadata`. */
  | { readonly kind: 'policy'; readonly policy: string }
  | {
      readonly kind: 'connection';
      readonly node: string;
      readonly netns: string;
      readonly protocol: string;
      readonly local: string;
      readonly remote: string;
    }
  | { readonly kind: 'address'; readonly address: Ip };

/** The one canonical text of a subject: `node/D`, `link/A→D`, `lease/10.100.41.0/24`, `pod/default/web-0`, `pod/D/cni-7`, `policy/NetworkPolicy/shop/db`. */
export function subjectText(subject: Subject): string {
  switch (subject.kind) {
    case 'cluster':
      return 'cluster';
    case 'node':
      return `node/${subject.node}`;
    case 'pod':
      return subject.name === null ? `pod/${subject.node}/${subject.netns}` : `pod/${subject.name}`;
    case 'netns':
      return `netns/${subject.node}/${subject.netns}`;
    case 'device':
      return `device/${subject.node}/${subject.netns === '' ? '' : `${subject.netns}/`}${subject.device}`;
    case 'link':
      return `link/${subject.from}→${subject.to}`;
    case 'lease':
      return `lease/${subject.subnet}`;
    case 'service':
      return `service/${subject.service}`;
    case 'policy':
      return `policy/${subject.policy.replaceAll(' ', '/')}`;
    case 'connection':
      return `connection/${subject.node}/${subject.netns === '' ? '' : `${subject.netns}/`}${subject.protocol}/${subject.local}→${subject.remote}`;
    case 'address':
      return `address/${subject.address}`;
  }
}

/** The nodes that a subject lies on or joins. */
export function nodesOf(subject: Subject): readonly string[] {
  if ('node' in subject) return [subject.node];
  return subject.kind === 'link' ? [subject.from, subject.to] : [];
}
