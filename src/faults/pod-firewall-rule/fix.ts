import type { Deadly } from '#engine/deadly';
import type { Plan } from '#engine/plan';
import { openedRule } from '#engine/plans/opened-rule';
import type { Scope } from '#snapshot/scope';
import type { Found } from './text.ts';

/** Takes the one rule away inside the pod, or opens the one policy. */
export function fix({ pod }: Found, scope: Scope, placed: Deadly): Plan {
  return {
    steps: [openedRule(scope, placed)],
    blast: { en: `only ${pod}`, zh: `只影响 ${pod}` },
    lasting: {
      en: 'the container that wrote it writes it again when it starts: look for NET_ADMIN among the capabilities of the pod',
      zh: '写入规则的容器重启后会再次写入：检查该 Pod 中带 NET_ADMIN 权限的容器',
    },
  };
}
