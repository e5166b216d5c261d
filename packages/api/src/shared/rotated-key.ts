/** A key that can be replaced under way. */
export interface RotatedKey {
  secretKey: string;
  /** Makes nothing any more; what it has made is still known. */
  previousSecretKey?: string | undefined;
}
