using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Outreach.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "Alerts",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Kind = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Subject = table.Column<string>(type: "text", maxLength: 96, nullable: false, collation: "C"),
                    AreaId = table.Column<long>(type: "bigint", nullable: true),
                    RaisedAt = table.Column<long>(type: "bigint", nullable: false),
                    ResolvedAt = table.Column<long>(type: "bigint", nullable: true),
                    Text = table.Column<string>(type: "text", maxLength: 256, nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Alerts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "AnswerCountMark",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    MessageId = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AnswerCountMark", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "AnswerCounts",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Day = table.Column<DateOnly>(type: "date", nullable: false),
                    CommunityId = table.Column<long>(type: "bigint", nullable: false),
                    Channel = table.Column<string>(type: "text", maxLength: 32, nullable: false, collation: "C"),
                    Kind = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    ArticleId = table.Column<string>(type: "text", maxLength: 128, nullable: false, collation: "C"),
                    Confidence = table.Column<int>(type: "integer", nullable: false),
                    Answers = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AnswerCounts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "AnswerFeedbacks",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    MessageId = table.Column<long>(type: "bigint", nullable: false),
                    ArticleId = table.Column<string>(type: "text", maxLength: 128, nullable: true, collation: "C"),
                    Verdict = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Question = table.Column<string>(type: "text", maxLength: 2000, nullable: false, collation: "C"),
                    CommunityId = table.Column<long>(type: "bigint", nullable: true),
                    Settled = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AnswerFeedbacks", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Areas",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ParentId = table.Column<long>(type: "bigint", nullable: true),
                    Level = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Name = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Path = table.Column<string>(type: "text", maxLength: 128, nullable: false, collation: "C"),
                    OfficePhone = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    OfficeAddress = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    OfficeHours = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    VerifiedOn = table.Column<DateOnly>(type: "date", nullable: true),
                    IsDemo = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Areas", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Areas_Areas_ParentId",
                        column: x => x.ParentId,
                        principalTable: "Areas",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "ArticleRevisions",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ArticleId = table.Column<string>(type: "text", maxLength: 128, nullable: false, collation: "C"),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    State = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Text = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    BaseHash = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C"),
                    Law = table.Column<DateOnly>(type: "date", nullable: true),
                    Editors = table.Column<string>(type: "text", maxLength: 1024, nullable: false, collation: "C"),
                    ReviewedBy = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C"),
                    Remark = table.Column<string>(type: "text", maxLength: 512, nullable: true, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    ChangedAt = table.Column<long>(type: "bigint", nullable: false),
                    PublishedAt = table.Column<long>(type: "bigint", nullable: true),
                    CheckedFor = table.Column<string>(type: "text", maxLength: 160, nullable: true, collation: "C"),
                    CheckResult = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ArticleRevisions", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "AuditEntries",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    StaffId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Kind = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    SubjectId = table.Column<long>(type: "bigint", nullable: true),
                    Detail = table.Column<string>(type: "text", maxLength: 256, nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AuditEntries", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "ChannelQuotas",
                columns: table => new
                {
                    Account = table.Column<string>(type: "text", maxLength: 96, nullable: false, collation: "C"),
                    WindowStart = table.Column<long>(type: "bigint", nullable: false),
                    Used = table.Column<int>(type: "integer", nullable: false),
                    PausedUntil = table.Column<long>(type: "bigint", nullable: true),
                    PauseReason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ChannelQuotas", x => x.Account);
                });

            migrationBuilder.CreateTable(
                name: "ChannelTests",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Channel = table.Column<string>(type: "text", maxLength: 32, nullable: false, collation: "C"),
                    Account = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Code = table.Column<string>(type: "text", maxLength: 6, nullable: false, collation: "C"),
                    StaffId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Notice = table.Column<string>(type: "text", maxLength: 8000, nullable: true, collation: "C"),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: false),
                    UsedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ChannelTests", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Conversations",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Channel = table.Column<string>(type: "text", maxLength: 32, nullable: false, collation: "C"),
                    Account = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    ChannelConversationId = table.Column<string>(type: "text", maxLength: 512, nullable: false, collation: "C"),
                    ContactId = table.Column<long>(type: "bigint", nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    LastActiveAt = table.Column<long>(type: "bigint", nullable: false),
                    LastSequence = table.Column<int>(type: "integer", nullable: false),
                    State = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    DueAt = table.Column<long>(type: "bigint", nullable: true),
                    Reference = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Conversations", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "DailyFigures",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Day = table.Column<DateOnly>(type: "date", nullable: false),
                    CommunityId = table.Column<long>(type: "bigint", nullable: false),
                    Messages = table.Column<int>(type: "integer", nullable: false),
                    Askers = table.Column<int>(type: "integer", nullable: false),
                    SignUps = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DailyFigures", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "DirectoryImports",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    StaffId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    FileName = table.Column<string>(type: "text", maxLength: 128, nullable: false, collation: "C"),
                    State = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Content = table.Column<byte[]>(type: "bytea", nullable: true),
                    Columns = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Lines = table.Column<int>(type: "integer", nullable: false),
                    Accepted = table.Column<int>(type: "integer", nullable: false),
                    Created = table.Column<int>(type: "integer", nullable: false),
                    Updated = table.Column<int>(type: "integer", nullable: false),
                    ImportedAt = table.Column<long>(type: "bigint", nullable: true),
                    Before = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    UndoneAt = table.Column<long>(type: "bigint", nullable: true),
                    UndoneBy = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DirectoryImports", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "DirectoryVersion",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DirectoryVersion", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Installation",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    InstanceId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Sequence = table.Column<long>(type: "bigint", nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    Canary = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Installation", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "KnowledgeVersion",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_KnowledgeVersion", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "LeadBatches",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    StaffId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Kind = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    AssigneeId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    NextContactAt = table.Column<long>(type: "bigint", nullable: true),
                    Before = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    UndoneAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LeadBatches", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "LeadDestinations",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    LastSentAt = table.Column<long>(type: "bigint", nullable: true),
                    RestUntil = table.Column<long>(type: "bigint", nullable: true),
                    RestsAddress = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LeadDestinations", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "ModelUsages",
                columns: table => new
                {
                    Day = table.Column<DateOnly>(type: "date", nullable: false),
                    Tokens = table.Column<long>(type: "bigint", nullable: false),
                    CostMicros = table.Column<long>(type: "bigint", nullable: false),
                    Calls = table.Column<int>(type: "integer", nullable: false),
                    Refused = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ModelUsages", x => x.Day);
                });

            migrationBuilder.CreateTable(
                name: "OptOutMarks",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    IdentityHash = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_OptOutMarks", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "PictureFiles",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", maxLength: 32, nullable: false, collation: "C"),
                    Bytes = table.Column<byte[]>(type: "bytea", nullable: false),
                    Width = table.Column<int>(type: "integer", nullable: false),
                    Height = table.Column<int>(type: "integer", nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PictureFiles", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "RetentionCounts",
                columns: table => new
                {
                    Kind = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Day = table.Column<DateOnly>(type: "date", nullable: false),
                    Rows = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RetentionCounts", x => new { x.Kind, x.Day });
                });

            migrationBuilder.CreateTable(
                name: "RetentionRun",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    DoneAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RetentionRun", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "ScopeLessons",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    GroupId = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Wordings = table.Column<string>(type: "text", maxLength: 305, nullable: false, collation: "C"),
                    Keys = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    TaughtBy = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    TaughtAt = table.Column<long>(type: "bigint", nullable: false),
                    ChangedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ScopeLessons", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Segments",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Name = table.Column<string>(type: "text", maxLength: 30, nullable: false, collation: "C"),
                    AreaId = table.Column<long>(type: "bigint", nullable: false),
                    Audience = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    StaffId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Segments", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "StaffLinks",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    TokenHash = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Purpose = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    StaffId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Roles = table.Column<string>(type: "character varying(96)", maxLength: 96, nullable: false),
                    AreaId = table.Column<long>(type: "bigint", nullable: true),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: false),
                    UsedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StaffLinks", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "StatuteTexts",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    SourceId = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Title = table.Column<string>(type: "text", maxLength: 256, nullable: false, collation: "C"),
                    ContentHash = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    ImportedAt = table.Column<long>(type: "bigint", nullable: false),
                    ReplacedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StatuteTexts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "UnansweredQuestions",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Question = table.Column<string>(type: "text", maxLength: 2000, nullable: false, collation: "C"),
                    Reason = table.Column<string>(type: "text", maxLength: 32, nullable: false, collation: "C"),
                    CommunityId = table.Column<long>(type: "bigint", nullable: true),
                    Settled = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UnansweredQuestions", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "VendorReports",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Channel = table.Column<string>(type: "text", maxLength: 32, nullable: false, collation: "C"),
                    Account = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    MessageId = table.Column<string>(type: "text", maxLength: 128, nullable: false, collation: "C"),
                    UserId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Class = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Status = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Total = table.Column<int>(type: "integer", nullable: true),
                    Filtered = table.Column<int>(type: "integer", nullable: true),
                    Sent = table.Column<int>(type: "integer", nullable: true),
                    Failed = table.Column<int>(type: "integer", nullable: true),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    AppliedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_VendorReports", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "WebChatPersons",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    CookieHash = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    UserId = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    LastSeenAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_WebChatPersons", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "WeChatCodes",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    AppId = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Scene = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Address = table.Column<string>(type: "text", maxLength: 256, nullable: false, collation: "C"),
                    MadeAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_WeChatCodes", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "WeChatHandouts",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Key = table.Column<string>(type: "text", maxLength: 43, nullable: false, collation: "C"),
                    Way = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Class = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    MessageId = table.Column<string>(type: "text", maxLength: 128, nullable: true, collation: "C"),
                    VendorCode = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_WeChatHandouts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "WeComKfCursors",
                columns: table => new
                {
                    Account = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    OpenKfId = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    Cursor = table.Column<string>(type: "text", maxLength: 256, nullable: true, collation: "C"),
                    Token = table.Column<string>(type: "text", maxLength: 256, nullable: true, collation: "C"),
                    TokenUntil = table.Column<long>(type: "bigint", nullable: true),
                    Wanted = table.Column<string>(type: "text", maxLength: 32, nullable: true, collation: "C"),
                    RetryAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_WeComKfCursors", x => new { x.Account, x.OpenKfId });
                });

            migrationBuilder.CreateTable(
                name: "Communities",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    AreaId = table.Column<long>(type: "bigint", nullable: false),
                    Key = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Households = table.Column<int>(type: "integer", nullable: true),
                    FloorArea = table.Column<long>(type: "bigint", nullable: true),
                    DeliveredOn = table.Column<DateOnly>(type: "date", nullable: true),
                    PropertyCompany = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Stage = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    StageSince = table.Column<DateOnly>(type: "date", nullable: true),
                    TermEndsOn = table.Column<DateOnly>(type: "date", nullable: true),
                    IsDemo = table.Column<bool>(type: "boolean", nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Communities", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Communities_Areas_AreaId",
                        column: x => x.AreaId,
                        principalTable: "Areas",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "LeadRoutes",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    AreaId = table.Column<long>(type: "bigint", nullable: false),
                    StaffId = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LeadRoutes", x => x.Id);
                    table.ForeignKey(
                        name: "FK_LeadRoutes_Areas_AreaId",
                        column: x => x.AreaId,
                        principalTable: "Areas",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Staff",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    DisplayName = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Roles = table.Column<string>(type: "character varying(96)", maxLength: 96, nullable: false),
                    AreaId = table.Column<long>(type: "bigint", nullable: true),
                    DeactivatedAt = table.Column<long>(type: "bigint", nullable: true),
                    UserName = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C"),
                    NormalizedUserName = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C"),
                    Email = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    NormalizedEmail = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    EmailConfirmed = table.Column<bool>(type: "boolean", nullable: false),
                    PasswordHash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    SecurityStamp = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ConcurrencyStamp = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    PhoneNumber = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    PhoneNumberConfirmed = table.Column<bool>(type: "boolean", nullable: false),
                    TwoFactorEnabled = table.Column<bool>(type: "boolean", nullable: false),
                    LockoutEnd = table.Column<long>(type: "bigint", nullable: true),
                    LockoutEnabled = table.Column<bool>(type: "boolean", nullable: false),
                    AccessFailedCount = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Staff", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Staff_Areas_AreaId",
                        column: x => x.AreaId,
                        principalTable: "Areas",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "Handovers",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ConversationId = table.Column<long>(type: "bigint", nullable: false),
                    CommunityId = table.Column<long>(type: "bigint", nullable: true),
                    Urgent = table.Column<bool>(type: "boolean", nullable: false),
                    State = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    RequestedAt = table.Column<long>(type: "bigint", nullable: false),
                    StaffId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    TakenAt = table.Column<long>(type: "bigint", nullable: true),
                    ClosedAt = table.Column<long>(type: "bigint", nullable: true),
                    Note = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Helped = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Handovers", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Handovers_Conversations_ConversationId",
                        column: x => x.ConversationId,
                        principalTable: "Conversations",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Messages",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ConversationId = table.Column<long>(type: "bigint", nullable: false),
                    Sequence = table.Column<int>(type: "integer", nullable: false),
                    From = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Activity = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    InboundKey = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C"),
                    ReplyTo = table.Column<int>(type: "integer", nullable: true),
                    OutgoingKey = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C"),
                    StaffId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    SentAt = table.Column<long>(type: "bigint", nullable: true),
                    ClaimedBy = table.Column<string>(type: "text", maxLength: 32, nullable: true, collation: "C"),
                    RetryAt = table.Column<long>(type: "bigint", nullable: true),
                    NotBefore = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Messages", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Messages_Conversations_ConversationId",
                        column: x => x.ConversationId,
                        principalTable: "Conversations",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "NoticeReplies",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ConversationId = table.Column<long>(type: "bigint", nullable: false),
                    Notice = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Answer = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    People = table.Column<int>(type: "integer", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_NoticeReplies", x => x.Id);
                    table.ForeignKey(
                        name: "FK_NoticeReplies_Conversations_ConversationId",
                        column: x => x.ConversationId,
                        principalTable: "Conversations",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Campaigns",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Title = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Body = table.Column<string>(type: "text", maxLength: 4000, nullable: false, collation: "C"),
                    Link = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    PictureId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    PictureDescription = table.Column<string>(type: "text", maxLength: 256, nullable: true, collation: "C"),
                    PictureWidth = table.Column<int>(type: "integer", nullable: true),
                    PictureHeight = table.Column<int>(type: "integer", nullable: true),
                    Topic = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Step = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    Replies = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    AreaId = table.Column<long>(type: "bigint", nullable: false),
                    Audience = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    State = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    PauseReason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ComposerId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ComposerName = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    ApproverId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ApproverName = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    StartAt = table.Column<long>(type: "bigint", nullable: true),
                    SnapshotAt = table.Column<long>(type: "bigint", nullable: true),
                    FollowsId = table.Column<long>(type: "bigint", nullable: true),
                    FollowUp = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    Repeat = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    SeriesId = table.Column<long>(type: "bigint", nullable: true),
                    DripDay = table.Column<int>(type: "integer", nullable: true),
                    DripId = table.Column<Guid>(type: "uuid", nullable: true),
                    SnapshotCursor = table.Column<long>(type: "bigint", nullable: false),
                    DoneAt = table.Column<long>(type: "bigint", nullable: true),
                    FormToken = table.Column<Guid>(type: "uuid", nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Campaigns", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Campaigns_PictureFiles_PictureId",
                        column: x => x.PictureId,
                        principalTable: "PictureFiles",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "StatuteArticles",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    TextId = table.Column<long>(type: "bigint", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Sub = table.Column<int>(type: "integer", nullable: false),
                    Headings = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Note = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Text = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StatuteArticles", x => x.Id);
                    table.ForeignKey(
                        name: "FK_StatuteArticles_StatuteTexts_TextId",
                        column: x => x.TextId,
                        principalTable: "StatuteTexts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "CommunityAliases",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    CommunityId = table.Column<long>(type: "bigint", nullable: false),
                    Name = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    IsFormer = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_CommunityAliases", x => x.Id);
                    table.ForeignKey(
                        name: "FK_CommunityAliases_Communities_CommunityId",
                        column: x => x.CommunityId,
                        principalTable: "Communities",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "CommunitySteps",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    CommunityId = table.Column<long>(type: "bigint", nullable: false),
                    Round = table.Column<int>(type: "integer", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Mark = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Day = table.Column<DateOnly>(type: "date", nullable: false),
                    StaffId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    UndoneAt = table.Column<long>(type: "bigint", nullable: true),
                    UndoneBy = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_CommunitySteps", x => x.Id);
                    table.ForeignKey(
                        name: "FK_CommunitySteps_Communities_CommunityId",
                        column: x => x.CommunityId,
                        principalTable: "Communities",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Contacts",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Channel = table.Column<string>(type: "text", maxLength: 32, nullable: false, collation: "C"),
                    Account = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    UserId = table.Column<string>(type: "text", maxLength: 256, nullable: false, collation: "C"),
                    CommunityId = table.Column<long>(type: "bigint", nullable: true),
                    ConversationId = table.Column<long>(type: "bigint", nullable: true),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    LastSeenAt = table.Column<long>(type: "bigint", nullable: false),
                    OptedOutAt = table.Column<long>(type: "bigint", nullable: true),
                    Topics = table.Column<int>(type: "integer", maxLength: 32, nullable: false),
                    UnreachableSince = table.Column<long>(type: "bigint", nullable: true),
                    Language = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    OwnerId = table.Column<long>(type: "bigint", nullable: true),
                    ErasedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Contacts", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Contacts_Communities_CommunityId",
                        column: x => x.CommunityId,
                        principalTable: "Communities",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "StageChanges",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    CommunityId = table.Column<long>(type: "bigint", nullable: false),
                    From = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    FromSince = table.Column<DateOnly>(type: "date", nullable: true),
                    FromTermEndsOn = table.Column<DateOnly>(type: "date", nullable: true),
                    To = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    ToSince = table.Column<DateOnly>(type: "date", nullable: true),
                    StepId = table.Column<long>(type: "bigint", nullable: true),
                    StaffId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    UndoneAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StageChanges", x => x.Id);
                    table.ForeignKey(
                        name: "FK_StageChanges_Communities_CommunityId",
                        column: x => x.CommunityId,
                        principalTable: "Communities",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "StepReminders",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    CommunityId = table.Column<long>(type: "bigint", nullable: false),
                    Round = table.Column<int>(type: "integer", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Deadline = table.Column<DateOnly>(type: "date", nullable: false),
                    DaysBefore = table.Column<int>(type: "integer", nullable: false),
                    DueAt = table.Column<long>(type: "bigint", nullable: false),
                    SentAt = table.Column<long>(type: "bigint", nullable: true),
                    CancelledAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StepReminders", x => x.Id);
                    table.ForeignKey(
                        name: "FK_StepReminders_Communities_CommunityId",
                        column: x => x.CommunityId,
                        principalTable: "Communities",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "StaffClaims",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    UserId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ClaimType = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ClaimValue = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StaffClaims", x => x.Id);
                    table.ForeignKey(
                        name: "FK_StaffClaims_Staff_UserId",
                        column: x => x.UserId,
                        principalTable: "Staff",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "StaffLogins",
                columns: table => new
                {
                    LoginProvider = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ProviderKey = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ProviderDisplayName = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    UserId = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StaffLogins", x => new { x.LoginProvider, x.ProviderKey });
                    table.ForeignKey(
                        name: "FK_StaffLogins_Staff_UserId",
                        column: x => x.UserId,
                        principalTable: "Staff",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "StaffSessions",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    StaffId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    StartedAt = table.Column<long>(type: "bigint", nullable: false),
                    LastSeenAt = table.Column<long>(type: "bigint", nullable: false),
                    Browser = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StaffSessions", x => x.Id);
                    table.ForeignKey(
                        name: "FK_StaffSessions_Staff_StaffId",
                        column: x => x.StaffId,
                        principalTable: "Staff",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "StaffTokens",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    LoginProvider = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Value = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StaffTokens", x => new { x.UserId, x.LoginProvider, x.Name });
                    table.ForeignKey(
                        name: "FK_StaffTokens_Staff_UserId",
                        column: x => x.UserId,
                        principalTable: "Staff",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Deliveries",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    CampaignId = table.Column<long>(type: "bigint", nullable: false),
                    PersonId = table.Column<long>(type: "bigint", nullable: false),
                    ContactId = table.Column<long>(type: "bigint", nullable: false),
                    CommunityId = table.Column<long>(type: "bigint", nullable: false),
                    Channel = table.Column<string>(type: "text", maxLength: 32, nullable: false, collation: "C"),
                    Account = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    State = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    SkipReason = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    DueAt = table.Column<long>(type: "bigint", nullable: false),
                    ClaimedBy = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Tries = table.Column<int>(type: "integer", nullable: false),
                    MayHaveArrived = table.Column<bool>(type: "boolean", nullable: false),
                    MessageId = table.Column<string>(type: "text", maxLength: 128, nullable: true, collation: "C"),
                    Batch = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C"),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true),
                    LastError = table.Column<string>(type: "text", maxLength: 128, nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Deliveries", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Deliveries_Campaigns_CampaignId",
                        column: x => x.CampaignId,
                        principalTable: "Campaigns",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Consents",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ContactId = table.Column<long>(type: "bigint", nullable: false),
                    LeadKey = table.Column<string>(type: "text", maxLength: 16, nullable: true, collation: "C"),
                    Purpose = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Answer = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    TextVersion = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Receiver = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Channel = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Wording = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Consents", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Consents_Contacts_ContactId",
                        column: x => x.ContactId,
                        principalTable: "Contacts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Leads",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Key = table.Column<string>(type: "text", maxLength: 16, nullable: false, collation: "C"),
                    ContactId = table.Column<long>(type: "bigint", nullable: false),
                    ConversationId = table.Column<long>(type: "bigint", nullable: false),
                    CommunityId = table.Column<long>(type: "bigint", nullable: true),
                    CommunityTyped = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Wishes = table.Column<int>(type: "integer", maxLength: 32, nullable: false),
                    Role = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    NameHash = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C"),
                    Phone = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    PhoneHash = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C"),
                    Room = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    RoomHash = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C"),
                    State = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    PassOn = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    UpdatedAt = table.Column<long>(type: "bigint", nullable: false),
                    ClosedAt = table.Column<long>(type: "bigint", nullable: true),
                    NextContactAt = table.Column<long>(type: "bigint", nullable: true),
                    AssigneeId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    EscalatedAt = table.Column<long>(type: "bigint", nullable: true),
                    EraseAt = table.Column<long>(type: "bigint", nullable: false),
                    Uncovered = table.Column<bool>(type: "boolean", nullable: false),
                    OpenKey = table.Column<string>(type: "text", maxLength: 128, nullable: true, collation: "C"),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Leads", x => x.Id);
                    table.CheckConstraint("CK_Leads_OpenOrClosed", "(\"ClosedAt\" IS NULL) = (\"OpenKey\" IS NOT NULL)");
                    table.ForeignKey(
                        name: "FK_Leads_Communities_CommunityId",
                        column: x => x.CommunityId,
                        principalTable: "Communities",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_Leads_Contacts_ContactId",
                        column: x => x.ContactId,
                        principalTable: "Contacts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "NoticeAddresses",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    OwnerId = table.Column<long>(type: "bigint", nullable: false),
                    Channel = table.Column<string>(type: "text", maxLength: 32, nullable: false, collation: "C"),
                    Address = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AddressHash = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Code = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CodeState = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    ClaimedBy = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Tries = table.Column<int>(type: "integer", nullable: false),
                    WrongCodes = table.Column<int>(type: "integer", nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    DueAt = table.Column<long>(type: "bigint", nullable: false),
                    ContactId = table.Column<long>(type: "bigint", nullable: true),
                    ConfirmedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_NoticeAddresses", x => x.Id);
                    table.ForeignKey(
                        name: "FK_NoticeAddresses_Contacts_OwnerId",
                        column: x => x.OwnerId,
                        principalTable: "Contacts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "LeadEvents",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    LeadId = table.Column<long>(type: "bigint", nullable: false),
                    Kind = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    StaffId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    From = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    To = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    Text = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LeadEvents", x => x.Id);
                    table.ForeignKey(
                        name: "FK_LeadEvents_Leads_LeadId",
                        column: x => x.LeadId,
                        principalTable: "Leads",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "LeadForwards",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    LeadId = table.Column<long>(type: "bigint", nullable: true),
                    LeadKey = table.Column<string>(type: "text", maxLength: 16, nullable: false, collation: "C"),
                    Destination = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    Event = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    MessageId = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    State = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Tries = table.Column<int>(type: "integer", nullable: false),
                    DueAt = table.Column<long>(type: "bigint", nullable: false),
                    ClaimedBy = table.Column<string>(type: "text", maxLength: 64, nullable: true, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    SentAt = table.Column<long>(type: "bigint", nullable: true),
                    Alerted = table.Column<bool>(type: "boolean", nullable: false),
                    LastError = table.Column<string>(type: "text", maxLength: 128, nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LeadForwards", x => x.Id);
                    table.ForeignKey(
                        name: "FK_LeadForwards_Leads_LeadId",
                        column: x => x.LeadId,
                        principalTable: "Leads",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "LeadMerges",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    KeptId = table.Column<long>(type: "bigint", nullable: false),
                    MergedId = table.Column<long>(type: "bigint", nullable: false),
                    StaffId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Was = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    NextContactWas = table.Column<long>(type: "bigint", nullable: true),
                    UndoneAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LeadMerges", x => x.Id);
                    table.ForeignKey(
                        name: "FK_LeadMerges_Leads_KeptId",
                        column: x => x.KeptId,
                        principalTable: "Leads",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_LeadMerges_Leads_MergedId",
                        column: x => x.MergedId,
                        principalTable: "Leads",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "LeadTags",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    LeadId = table.Column<long>(type: "bigint", nullable: false),
                    Text = table.Column<string>(type: "text", maxLength: 12, nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LeadTags", x => x.Id);
                    table.ForeignKey(
                        name: "FK_LeadTags_Leads_LeadId",
                        column: x => x.LeadId,
                        principalTable: "Leads",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "LeadTerms",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    LeadId = table.Column<long>(type: "bigint", nullable: false),
                    Term = table.Column<string>(type: "text", maxLength: 24, nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LeadTerms", x => x.Id);
                    table.ForeignKey(
                        name: "FK_LeadTerms_Leads_LeadId",
                        column: x => x.LeadId,
                        principalTable: "Leads",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Alerts_Kind_Subject",
                table: "Alerts",
                columns: new[] { "Kind", "Subject" },
                unique: true,
                filter: "\"ResolvedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_AnswerCounts_Day_CommunityId_Channel_Kind_ArticleId_Confide~",
                table: "AnswerCounts",
                columns: new[] { "Day", "CommunityId", "Channel", "Kind", "ArticleId", "Confidence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_AnswerFeedbacks_At",
                table: "AnswerFeedbacks",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_AnswerFeedbacks_MessageId",
                table: "AnswerFeedbacks",
                column: "MessageId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Areas_ParentId_Name",
                table: "Areas",
                columns: new[] { "ParentId", "Name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Areas_Path",
                table: "Areas",
                column: "Path");

            migrationBuilder.CreateIndex(
                name: "IX_ArticleRevisions_ArticleId_Id",
                table: "ArticleRevisions",
                columns: new[] { "ArticleId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_ArticleRevisions_Open",
                table: "ArticleRevisions",
                column: "ArticleId",
                unique: true,
                filter: "\"State\" IN ('Draft', 'InReview')");

            migrationBuilder.CreateIndex(
                name: "IX_ArticleRevisions_Published",
                table: "ArticleRevisions",
                column: "ArticleId",
                unique: true,
                filter: "\"State\" = 'Published'");

            migrationBuilder.CreateIndex(
                name: "IX_ArticleRevisions_State",
                table: "ArticleRevisions",
                column: "State");

            migrationBuilder.CreateIndex(
                name: "IX_AuditEntries_At",
                table: "AuditEntries",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_Campaigns_DripId",
                table: "Campaigns",
                column: "DripId");

            migrationBuilder.CreateIndex(
                name: "IX_Campaigns_FollowsId_FollowUp",
                table: "Campaigns",
                columns: new[] { "FollowsId", "FollowUp" },
                unique: true,
                filter: "\"State\" <> 'Cancelled' AND \"FollowsId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Campaigns_FormToken",
                table: "Campaigns",
                column: "FormToken",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Campaigns_PictureId",
                table: "Campaigns",
                column: "PictureId");

            migrationBuilder.CreateIndex(
                name: "IX_Campaigns_State_StartAt",
                table: "Campaigns",
                columns: new[] { "State", "StartAt" });

            migrationBuilder.CreateIndex(
                name: "IX_ChannelTests_Channel_Account_Code",
                table: "ChannelTests",
                columns: new[] { "Channel", "Account", "Code" });

            migrationBuilder.CreateIndex(
                name: "IX_Communities_AreaId_Name",
                table: "Communities",
                columns: new[] { "AreaId", "Name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Communities_Key",
                table: "Communities",
                column: "Key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_CommunityAliases_CommunityId_Name",
                table: "CommunityAliases",
                columns: new[] { "CommunityId", "Name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_CommunitySteps_CommunityId_Round_Number_Mark",
                table: "CommunitySteps",
                columns: new[] { "CommunityId", "Round", "Number", "Mark" },
                unique: true,
                filter: "\"UndoneAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Consents_ContactId",
                table: "Consents",
                column: "ContactId");

            migrationBuilder.CreateIndex(
                name: "IX_Consents_LeadKey",
                table: "Consents",
                column: "LeadKey");

            migrationBuilder.CreateIndex(
                name: "IX_Consents_Versions",
                table: "Consents",
                columns: new[] { "Purpose", "TextVersion", "Answer", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_Contacts_Channel_Account_UserId",
                table: "Contacts",
                columns: new[] { "Channel", "Account", "UserId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Contacts_CommunityId",
                table: "Contacts",
                column: "CommunityId");

            migrationBuilder.CreateIndex(
                name: "IX_Contacts_OwnerId",
                table: "Contacts",
                column: "OwnerId",
                filter: "\"OwnerId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Conversations_Channel_Account_ChannelConversationId",
                table: "Conversations",
                columns: new[] { "Channel", "Account", "ChannelConversationId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Conversations_ContactId",
                table: "Conversations",
                column: "ContactId");

            migrationBuilder.CreateIndex(
                name: "IX_Conversations_DueAt",
                table: "Conversations",
                column: "DueAt");

            migrationBuilder.CreateIndex(
                name: "IX_DailyFigures_Day_CommunityId",
                table: "DailyFigures",
                columns: new[] { "Day", "CommunityId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_CampaignId_Channel_Account_Batch",
                table: "Deliveries",
                columns: new[] { "CampaignId", "Channel", "Account", "Batch" },
                filter: "\"Batch\" IS NOT NULL AND \"State\" = 'Queued'");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_CampaignId_EndedAt",
                table: "Deliveries",
                columns: new[] { "CampaignId", "EndedAt" },
                filter: "\"EndedAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_CampaignId_PersonId",
                table: "Deliveries",
                columns: new[] { "CampaignId", "PersonId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_CampaignId_State_Channel_Account_DueAt",
                table: "Deliveries",
                columns: new[] { "CampaignId", "State", "Channel", "Account", "DueAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_MessageId",
                table: "Deliveries",
                column: "MessageId",
                filter: "\"MessageId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_PersonId",
                table: "Deliveries",
                column: "PersonId");

            migrationBuilder.CreateIndex(
                name: "IX_DirectoryImports_State_ImportedAt",
                table: "DirectoryImports",
                columns: new[] { "State", "ImportedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Handovers_ClosedAt",
                table: "Handovers",
                column: "ClosedAt");

            migrationBuilder.CreateIndex(
                name: "IX_Handovers_ConversationId",
                table: "Handovers",
                column: "ConversationId",
                unique: true,
                filter: "\"ClosedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Handovers_State_RequestedAt",
                table: "Handovers",
                columns: new[] { "State", "RequestedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_LeadEvents_LeadId_At",
                table: "LeadEvents",
                columns: new[] { "LeadId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_LeadForwards_LeadId",
                table: "LeadForwards",
                column: "LeadId");

            migrationBuilder.CreateIndex(
                name: "IX_LeadForwards_LeadKey_Destination",
                table: "LeadForwards",
                columns: new[] { "LeadKey", "Destination" });

            migrationBuilder.CreateIndex(
                name: "IX_LeadForwards_MessageId",
                table: "LeadForwards",
                column: "MessageId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_LeadForwards_State_DueAt",
                table: "LeadForwards",
                columns: new[] { "State", "DueAt" });

            migrationBuilder.CreateIndex(
                name: "IX_LeadMerges_KeptId",
                table: "LeadMerges",
                column: "KeptId");

            migrationBuilder.CreateIndex(
                name: "IX_LeadMerges_MergedId",
                table: "LeadMerges",
                column: "MergedId",
                unique: true,
                filter: "\"UndoneAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_LeadRoutes_AreaId",
                table: "LeadRoutes",
                column: "AreaId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Leads_AssigneeId",
                table: "Leads",
                column: "AssigneeId");

            migrationBuilder.CreateIndex(
                name: "IX_Leads_ContactId",
                table: "Leads",
                column: "ContactId");

            migrationBuilder.CreateIndex(
                name: "IX_Leads_EraseAt",
                table: "Leads",
                column: "EraseAt");

            migrationBuilder.CreateIndex(
                name: "IX_Leads_Households",
                table: "Leads",
                columns: new[] { "CommunityId", "RoomHash", "Role", "Wishes", "ClosedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Leads_Key",
                table: "Leads",
                column: "Key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Leads_Lists",
                table: "Leads",
                columns: new[] { "CommunityId", "ClosedAt", "NextContactAt", "CreatedAt", "State", "PassOn", "Wishes", "AssigneeId", "ContactId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Leads_NameHash",
                table: "Leads",
                column: "NameHash");

            migrationBuilder.CreateIndex(
                name: "IX_Leads_NextContactAt_ClosedAt_Id",
                table: "Leads",
                columns: new[] { "NextContactAt", "ClosedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Leads_OpenKey",
                table: "Leads",
                column: "OpenKey",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Leads_PhoneHash",
                table: "Leads",
                column: "PhoneHash");

            migrationBuilder.CreateIndex(
                name: "IX_Leads_Uncovered",
                table: "Leads",
                column: "Uncovered",
                filter: "\"Uncovered\"");

            migrationBuilder.CreateIndex(
                name: "IX_LeadTags_LeadId_Text",
                table: "LeadTags",
                columns: new[] { "LeadId", "Text" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_LeadTags_Text",
                table: "LeadTags",
                column: "Text");

            migrationBuilder.CreateIndex(
                name: "IX_LeadTerms_LeadId",
                table: "LeadTerms",
                column: "LeadId");

            migrationBuilder.CreateIndex(
                name: "IX_LeadTerms_Term_LeadId",
                table: "LeadTerms",
                columns: new[] { "Term", "LeadId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Messages_At",
                table: "Messages",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_Messages_ConversationId_InboundKey",
                table: "Messages",
                columns: new[] { "ConversationId", "InboundKey" },
                unique: true,
                filter: "\"InboundKey\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Messages_ConversationId_OutgoingKey",
                table: "Messages",
                columns: new[] { "ConversationId", "OutgoingKey" },
                unique: true,
                filter: "\"OutgoingKey\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Messages_ConversationId_Sequence",
                table: "Messages",
                columns: new[] { "ConversationId", "Sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Messages_Unsent",
                table: "Messages",
                column: "ConversationId",
                filter: "\"SentAt\" IS NULL AND \"From\" <> 'Owner'");

            migrationBuilder.CreateIndex(
                name: "IX_NoticeAddresses_Channel_AddressHash",
                table: "NoticeAddresses",
                columns: new[] { "Channel", "AddressHash" });

            migrationBuilder.CreateIndex(
                name: "IX_NoticeAddresses_CodeState_DueAt",
                table: "NoticeAddresses",
                columns: new[] { "CodeState", "DueAt" });

            migrationBuilder.CreateIndex(
                name: "IX_NoticeAddresses_ContactId",
                table: "NoticeAddresses",
                column: "ContactId");

            migrationBuilder.CreateIndex(
                name: "IX_NoticeAddresses_OwnerId",
                table: "NoticeAddresses",
                column: "OwnerId");

            migrationBuilder.CreateIndex(
                name: "IX_NoticeReplies_ConversationId_Notice",
                table: "NoticeReplies",
                columns: new[] { "ConversationId", "Notice" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_NoticeReplies_Notice",
                table: "NoticeReplies",
                column: "Notice");

            migrationBuilder.CreateIndex(
                name: "IX_OptOutMarks_IdentityHash",
                table: "OptOutMarks",
                column: "IdentityHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_PictureFiles_CreatedAt",
                table: "PictureFiles",
                column: "CreatedAt");

            migrationBuilder.CreateIndex(
                name: "IX_ScopeLessons_State",
                table: "ScopeLessons",
                column: "State");

            migrationBuilder.CreateIndex(
                name: "IX_Segments_AreaId_Name",
                table: "Segments",
                columns: new[] { "AreaId", "Name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Staff_AreaId",
                table: "Staff",
                column: "AreaId");

            migrationBuilder.CreateIndex(
                name: "IX_Staff_NormalizedUserName",
                table: "Staff",
                column: "NormalizedUserName",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_StaffClaims_UserId",
                table: "StaffClaims",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_StaffLinks_TokenHash",
                table: "StaffLinks",
                column: "TokenHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_StaffLogins_UserId",
                table: "StaffLogins",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_StaffSessions_StaffId_LastSeenAt",
                table: "StaffSessions",
                columns: new[] { "StaffId", "LastSeenAt" });

            migrationBuilder.CreateIndex(
                name: "IX_StageChanges_CommunityId_At",
                table: "StageChanges",
                columns: new[] { "CommunityId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_StatuteArticles_TextId_Number_Sub",
                table: "StatuteArticles",
                columns: new[] { "TextId", "Number", "Sub" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_StatuteTexts_SourceId",
                table: "StatuteTexts",
                column: "SourceId",
                unique: true,
                filter: "\"ReplacedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_StatuteTexts_SourceId_ContentHash",
                table: "StatuteTexts",
                columns: new[] { "SourceId", "ContentHash" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_StepReminders_CommunityId_Round_Number_Deadline_DaysBefore",
                table: "StepReminders",
                columns: new[] { "CommunityId", "Round", "Number", "Deadline", "DaysBefore" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_StepReminders_Open",
                table: "StepReminders",
                column: "DueAt",
                filter: "\"SentAt\" IS NULL AND \"CancelledAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_UnansweredQuestions_At",
                table: "UnansweredQuestions",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_VendorReports_AppliedAt",
                table: "VendorReports",
                column: "AppliedAt");

            migrationBuilder.CreateIndex(
                name: "IX_VendorReports_Channel_Account_MessageId",
                table: "VendorReports",
                columns: new[] { "Channel", "Account", "MessageId" });

            migrationBuilder.CreateIndex(
                name: "IX_WebChatPersons_CookieHash",
                table: "WebChatPersons",
                column: "CookieHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_WebChatPersons_LastSeenAt",
                table: "WebChatPersons",
                column: "LastSeenAt");

            migrationBuilder.CreateIndex(
                name: "IX_WebChatPersons_UserId",
                table: "WebChatPersons",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_WeChatCodes_AppId_Scene",
                table: "WeChatCodes",
                columns: new[] { "AppId", "Scene" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_WeChatHandouts_At",
                table: "WeChatHandouts",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_WeChatHandouts_Key",
                table: "WeChatHandouts",
                column: "Key",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Alerts");

            migrationBuilder.DropTable(
                name: "AnswerCountMark");

            migrationBuilder.DropTable(
                name: "AnswerCounts");

            migrationBuilder.DropTable(
                name: "AnswerFeedbacks");

            migrationBuilder.DropTable(
                name: "ArticleRevisions");

            migrationBuilder.DropTable(
                name: "AuditEntries");

            migrationBuilder.DropTable(
                name: "ChannelQuotas");

            migrationBuilder.DropTable(
                name: "ChannelTests");

            migrationBuilder.DropTable(
                name: "CommunityAliases");

            migrationBuilder.DropTable(
                name: "CommunitySteps");

            migrationBuilder.DropTable(
                name: "Consents");

            migrationBuilder.DropTable(
                name: "DailyFigures");

            migrationBuilder.DropTable(
                name: "Deliveries");

            migrationBuilder.DropTable(
                name: "DirectoryImports");

            migrationBuilder.DropTable(
                name: "DirectoryVersion");

            migrationBuilder.DropTable(
                name: "Handovers");

            migrationBuilder.DropTable(
                name: "Installation");

            migrationBuilder.DropTable(
                name: "KnowledgeVersion");

            migrationBuilder.DropTable(
                name: "LeadBatches");

            migrationBuilder.DropTable(
                name: "LeadDestinations");

            migrationBuilder.DropTable(
                name: "LeadEvents");

            migrationBuilder.DropTable(
                name: "LeadForwards");

            migrationBuilder.DropTable(
                name: "LeadMerges");

            migrationBuilder.DropTable(
                name: "LeadRoutes");

            migrationBuilder.DropTable(
                name: "LeadTags");

            migrationBuilder.DropTable(
                name: "LeadTerms");

            migrationBuilder.DropTable(
                name: "Messages");

            migrationBuilder.DropTable(
                name: "ModelUsages");

            migrationBuilder.DropTable(
                name: "NoticeAddresses");

            migrationBuilder.DropTable(
                name: "NoticeReplies");

            migrationBuilder.DropTable(
                name: "OptOutMarks");

            migrationBuilder.DropTable(
                name: "RetentionCounts");

            migrationBuilder.DropTable(
                name: "RetentionRun");

            migrationBuilder.DropTable(
                name: "ScopeLessons");

            migrationBuilder.DropTable(
                name: "Segments");

            migrationBuilder.DropTable(
                name: "StaffClaims");

            migrationBuilder.DropTable(
                name: "StaffLinks");

            migrationBuilder.DropTable(
                name: "StaffLogins");

            migrationBuilder.DropTable(
                name: "StaffSessions");

            migrationBuilder.DropTable(
                name: "StaffTokens");

            migrationBuilder.DropTable(
                name: "StageChanges");

            migrationBuilder.DropTable(
                name: "StatuteArticles");

            migrationBuilder.DropTable(
                name: "StepReminders");

            migrationBuilder.DropTable(
                name: "UnansweredQuestions");

            migrationBuilder.DropTable(
                name: "VendorReports");

            migrationBuilder.DropTable(
                name: "WebChatPersons");

            migrationBuilder.DropTable(
                name: "WeChatCodes");

            migrationBuilder.DropTable(
                name: "WeChatHandouts");

            migrationBuilder.DropTable(
                name: "WeComKfCursors");

            migrationBuilder.DropTable(
                name: "Campaigns");

            migrationBuilder.DropTable(
                name: "Leads");

            migrationBuilder.DropTable(
                name: "Conversations");

            migrationBuilder.DropTable(
                name: "Staff");

            migrationBuilder.DropTable(
                name: "StatuteTexts");

            migrationBuilder.DropTable(
                name: "PictureFiles");

            migrationBuilder.DropTable(
                name: "Contacts");

            migrationBuilder.DropTable(
                name: "Communities");

            migrationBuilder.DropTable(
                name: "Areas");
        }
    }
}
