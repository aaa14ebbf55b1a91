"""Pictures and arrays: IDX, CIFAR, folders of images, .npz."""
