import { oddDeviceCases } from '#testing/odd-device';
import fault from './fault.ts';

oddDeviceCases(fault, 'vni', 42);
