import { keepSysctl } from '#actions/sysctl/preview';
import type { Plan } from '#engine/plan';
import type { View } from '#engine/view';
import type { Found } from './text.ts';

/** A file of our own that boot reads after all others. */
export function fix({ node, file }: Found, { facts }: View): Plan {
  return {
    steps: [keepSysctl(facts, node, 'net.ipv4.ip_forward', '1')],
    blast: { en: 'nothing changes before the next boot', zh: '下次开机前不会有任何变化' },
    ...(file === null
      ? {}
      : {
          lasting: {
            en: `better still, correct ${file} itself: a later file may win again`,
            zh: `更好的做法是直接改正 ${file}：以后新增的文件仍可能再次覆盖`,
          },
        }),
  };
}
