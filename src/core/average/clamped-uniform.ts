/**
 * The gray level behind the mean of clamp(x + U(-A..A), 0, 255), for A >= 255.
 * Derivation: for A >= 255 both ends are always clamped, and the mean is 127.5 + (x - 127.5) 255 / (2A), linear in x,
 * for the continuous uniform; the discrete one over 2A + 1 values differs by less than 1/A of that.
 * Unit: gray levels.
 */
export function unsqueezeClampedMean(mean: number, amplitude: number): number {
	return 127.5 + ((mean - 127.5) * 2 * amplitude) / 255;
}
