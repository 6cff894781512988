/** Shows a bitmap on the whole canvas, which takes its size; the bitmap is used up. */
export function drawBitmap(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
	if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
		canvas.width = bitmap.width;
		canvas.height = bitmap.height;
	}
	canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(bitmap);
}

/** Resolves after the next frame has been drawn: what comes then does not hold it up. */
export function nextFrame(): Promise<void> {
	return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
