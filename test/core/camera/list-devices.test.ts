import test from 'ava';
import {
	listDevices,
	parseCommandCamList,
	parseImagesnapList,
	videoDevices,
} from '../../../src/core/camera/list-devices.js';

test('Linux: the video devices of /dev, by number', (t) => {
	const entries = ['video10', 'null', 'video2', 'video0', 'videodev', 'v4l', 'vvideo1'];
	t.deepEqual(videoDevices(entries), ['/dev/video0', '/dev/video2', '/dev/video10']);
});

test('macOS: the three ways in which imagesnap has written its list', (t) => {
	t.deepEqual(parseImagesnapList('Video Devices:\nFaceTime HD Camera\nUSB Camera\n'), [
		'FaceTime HD Camera',
		'USB Camera',
	]);
	t.deepEqual(parseImagesnapList('Video Devices:\n=> FaceTime HD Camera (Built-in)\n'), [
		'FaceTime HD Camera (Built-in)',
	]);
	t.deepEqual(
		parseImagesnapList('Video Devices:\n<AVCaptureDALDevice: 0x7fb [FaceTime HD Camera][0x8020000005ac8514]>\n\n'),
		['FaceTime HD Camera'],
	);
	t.deepEqual(parseImagesnapList('Found 1 devices:\n'), []);
});

test('Windows: numbers as the program takes them', (t) => {
	const text =
		'CommandCam Copyright (C) 2012 Ted Burke\r\n\r\nAvailable capture devices:\r\n  Integrated Camera\r\n  USB Video\r\n\r\n';
	t.deepEqual(parseCommandCamList(text), ['1', '2']);
	t.deepEqual(parseCommandCamList('No video devices found\r\n'), []);
});

test('this machine can be asked', async (t) => {
	if (process.platform === 'linux') {
		t.true((await listDevices()).every((device) => device.startsWith('/dev/video')));
	} else {
		t.pass();
	}
});
