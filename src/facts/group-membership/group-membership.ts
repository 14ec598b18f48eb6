import type { Ip } from '#net/ip';
import { defineKind, type Fact } from '../kind.ts';

/** A multicast group that a device listens to (/proc/net/igmp). */
export type GroupMembership = Fact & { readonly dev: string; readonly group: Ip };

export const groupMembership = defineKind<GroupMembership>()({
  id: 'group-membership',
  is: 'a multicast group that a device listens to',
  key: (fact) => `${fact.dev} ${fact.group}`,
  capture: 'cat /proc/net/igmp /proc/net/igmp6',
});
