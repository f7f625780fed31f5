/** `7d4f4b0e-…-9a01`: enough for a person to tell devices apart. */
export function maskDeviceId(deviceId: string): string {
  return `${deviceId.slice(0, 8)}-…-${deviceId.slice(-4)}`;
}
