import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** An address on a device (`ip addr`). */
export type Address = Fact & {
  readonly dev: string;
  readonly address: Ip;
  readonly length: number;
  readonly peer: Told<Ip | null>;
  readonly broadcast: Told<Ip | null>;
  /** `global`, `link`, `host`, or a number's name. */
  readonly scope: Told<string>;
  readonly secondary: Told<boolean>;
  readonly deprecated: Told<boolean>;
  readonly label: Told<string | null>;
  /** Not yet known to be unique (IFA_F_TENTATIVE): nothing is received for it. */
  readonly tentative?: Told<boolean>;
  /** Found to be someone else's (IFA_F_DADFAILED). */
  readonly duplicate?: Told<boolean>;
  readonly temporary?: Told<boolean>;
  readonly noPrefixRoute?: Told<boolean>;
};

export const address = defineKind<Address>()({
  id: 'address',
  is: 'an address on a device',
  key: (fact) => `${fact.dev} ${fact.address}/${fact.length}`,
  volatile: ['label', 'tentative'],
  capture: 'ip -d -j addr show',
});
