namespace AvatarDriver.Protocol
{
    /// <summary>Why a packet is refused.</summary>
    public enum OscFault
    {
        /// <summary>It is not.</summary>
        None,

        /// <summary>A message does not begin with an address.</summary>
        NoAddress,

        /// <summary>A text lacks its NUL, or its padding to four bytes.</summary>
        TextWithoutEnd,

        /// <summary>A text is not UTF-8.</summary>
        NotUtf8,

        /// <summary>Where the type tags should be there is no comma.</summary>
        NoTypeTags,

        /// <summary>A type tag that OSC does not know, so that nobody can say how long its argument is.</summary>
        UnknownType,

        /// <summary>The packet's only messages have types that VMC does not use.</summary>
        NothingToTake,

        /// <summary>A number or a time tag goes on beyond the end.</summary>
        CutOff,

        /// <summary>A number is NaN or infinite.</summary>
        NotFinite,

        /// <summary>A blob is longer than what is left, or its size is negative.</summary>
        BlobSize,

        /// <summary>A message goes on after its last argument.</summary>
        LeftOver,

        /// <summary>An element of a bundle has a size that cannot be.</summary>
        ElementSize,

        /// <summary>More than <see cref="OscReader.MostBundles"/> bundles in each other.</summary>
        TooDeep,
    }
}
